"""Processes that settle, refund, cancel and die at once on a real MariaDB or PostgreSQL. Short forms run always, long ones by `pytest -m prove`."""

import json
import re
import subprocess
import sys

import pytest
from conftest import HERE as TESTS
from conftest import minisite_env

HERE = TESTS / "payments"


@pytest.fixture(scope="module")
def simulator_process(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulator")
    process = subprocess.Popen(
        [sys.executable, "-m", "alipay_simulator", "--port", "0", "--dir", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address = re.search(r"http://\S+/", process.stdout.readline())[0]
    yield {"SIMULATOR_URL": f"{address}gateway.do", "SIMULATOR_DIR": str(folder)}
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture(scope="module")
def prove(server, simulator_process):
    """Runs scenarios of proving.py in one process (and its children); gives what came of each."""

    def run(*scenarios, timeout=300):
        env = minisite_env(server, DJANGO_SETTINGS_MODULE="proof_settings", **simulator_process)
        env["PYTHONPATH"] = f"{TESTS}:{HERE}"
        command = [sys.executable, "proving.py", json.dumps(scenarios)]
        done = subprocess.run(command, env=env, cwd=HERE, capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, done.stderr[-4000:]
        results = json.loads(done.stdout)
        for scenario, result in zip(scenarios, results, strict=True):
            print(scenario, result)
        return results

    return run


def one_effect_each(result):
    assert result["wrong"] == []
    assert not [said for said in result["said"] if said.startswith("error") or said in ("failed", "fail")], result[
        "said"
    ]


KILLS = {"settle": 5, "refund": 13, "late": 13, "cancel": 7}
"""Operation -> every how many steps the short form kills."""


@pytest.fixture(scope="module")
def short(prove):
    """All short forms in one process: starting one costs more than they do."""
    kills = [{"what": "kills", "operation": name, "stride": stride, "first": 2} for name, stride in KILLS.items()]
    races = [{"what": "race", "rounds": 8}, {"what": "refunds", "rounds": 2}, {"what": "pieces", "rounds": 1}]
    race, refunds, pieces, *killed = prove(*races, *kills)
    return {"race": race, "refunds": refunds, "pieces": pieces, **dict(zip(KILLS, killed, strict=True))}


def test_notify_query_return_and_sweeper_at_one_instant_have_one_effect(short):
    one_effect_each(short["race"])


def test_pieces_returned_at_one_instant_sum_to_the_fen(short):
    one_effect_each(short["pieces"])


def test_refunds_racing_for_one_payment_never_exceed_it(short):
    one_effect_each(short["refunds"])


@pytest.mark.parametrize("operation", KILLS)
def test_a_process_killed_on_its_way_leaves_books_that_balance_after_recovery(short, operation):
    assert short[operation]["wrong"] == []
    assert short[operation]["killed"] >= 3


@pytest.mark.prove
def test_200_rounds_of_notify_query_return_and_sweeper_have_one_effect_each(prove):
    one_effect_each(*prove({"what": "race", "rounds": 200}, timeout=900))


@pytest.mark.prove
def test_20_rounds_of_pieces_returned_at_one_instant_sum_to_the_fen(prove):
    one_effect_each(*prove({"what": "pieces", "rounds": 20}, timeout=900))


@pytest.mark.prove
def test_40_rounds_of_racing_refunds_never_exceed_what_was_paid(prove):
    one_effect_each(*prove({"what": "refunds", "rounds": 40}, timeout=900))


@pytest.mark.prove
@pytest.mark.parametrize("operation", KILLS)
def test_a_process_killed_at_its_every_step_leaves_books_that_balance_after_recovery(prove, operation):
    [result] = prove({"what": "kills", "operation": operation}, timeout=900)
    assert result["wrong"] == []
    assert result["killed"] == result["steps"] - 1 >= 10
