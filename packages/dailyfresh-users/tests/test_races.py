"""What must hold when it happens at once, on MariaDB or PostgreSQL with real processes (races.py)."""

import json
import os
import subprocess
import sys

import pytest


def run(server, isolation, rounds):
    environment = {
        **os.environ,
        "DATABASE_URL": server,
        "DJANGO_SETTINGS_MODULE": "minisite.on_server",
        "MINISITE_ISOLATION": isolation,
        "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "races", str(rounds)]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def check(result):
    scenario, outcome = result.pop("scenario"), result.pop("outcome", None)
    match scenario:
        case "the_default_moves":
            assert (outcome, result) == ({"done": 8}, {"defaults": 1})
        case "the_first_address":
            assert (outcome, result) == ({"done": 5, "TooManyAddresses": 3}, {"defaults": 1, "kept": 5})
        case "the_default_goes_while_it_moves":
            assert set(outcome) <= {"done", "DoesNotExist"}
            assert result == {"defaults": 1, "kept": 2}
        case "one_name":
            assert (outcome, result) == ({"done": 1, "UsernameTaken": 7}, {"pending": 1})
        case "one_link":
            assert outcome == {"done": 1, "LinkUsed": 7}
        case "one_address_of_many_accounts":
            assert (outcome, result) == ({"done": 1, "LinkVoid": 7}, {"owners": 1})
        case "one_mail_each":
            assert result == {"sent": 20, "marked": 20, "attempts": 20}
        case _:
            pytest.fail(f"nobody checks {scenario}")


def test_races_end_with_one_default_one_name_one_owner_and_one_mail(server):
    results = run(server, "read committed", 1)
    assert len(results) == 7
    for result in results:
        check(result)


@pytest.mark.prove
@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_many_races_end_the_same(server, isolation):
    if isolation == "repeatable read" and server.startswith("postgres"):
        pytest.skip("PostgreSQL refuses whoever waited, and a check says so")
    for result in run(server, isolation, 10):
        check(result)
