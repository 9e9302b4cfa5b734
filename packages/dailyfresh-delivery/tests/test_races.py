"""Real processes at the same windows at once, on real database servers: what there is once, one gets."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from dailyfresh_core.testing import own_database, service

HERE = Path(__file__).parent


@pytest.fixture(params=["DATABASE_URL", "POSTGRES_URL"])
def race(request):
    """Runs a scenario of `racers.py` on a server, in a database of its own; gives what came of it."""
    with own_database(service(request.param), f"delivery_races_{os.getpid()}") as url:
        environ = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "minisite.racing",
            "PYTHONPATH": str(HERE),
            "MINISITE_DATABASE_URL": url,
        }
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environ, check=True, timeout=300)

        def run(scenario):
            command = [sys.executable, str(HERE / "racers.py"), scenario]
            done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=600)
            assert not done.stderr, done.stderr[-3000:]
            found = json.loads(done.stdout)
            print(scenario, found)
            assert (found["disagreeing"], found["over"], found["strays"]) == ([], 0, 0)
            return found["came"]

        yield run


def test_the_last_places_are_sold_once(race):
    """Race 10, and sixty-four buyers for ten places; in one database after the other: a migration costs more than a race."""
    assert race("last_place") == [1, 15, 0, 0]
    assert race("last_ten") == [10, 54, 0, 0]


@pytest.mark.prove
@pytest.mark.parametrize(
    ("scenario", "came"),
    [
        ("last_weight", [3, 13, 0, 0]),
        ("cut_off", [8, 0, 0, 0]),  # R11
        ("released", [8, 0, 0, 0]),  # R17
        ("two_ways", [16, 0, 0, 0]),  # R14
        ("closing", [16, 0, 0, 0]),  # R41
        ("market", [8, 0, 0, 0]),
        ("killed", [0, 0, 0, 8]),  # R15
    ],
)
def test_no_window_is_sold_twice_or_lost_in_a_crowd(race, scenario, came):
    assert race(scenario) == came
