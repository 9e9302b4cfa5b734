"""A day in the life of the store, on a real server: every place, gram and fen is accounted for, whoever was killed meanwhile."""

import json
import os
import subprocess
import sys

import pytest
from conftest import PROJECT
from dailyfresh_core.testing import service


@pytest.mark.prove
@pytest.mark.parametrize("variable", ["DATABASE_URL", "POSTGRES_URL"])
def test_a_day_of_a_thousand_orders_adds_up(variable: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "chaos.day", "--orders=1000", "--processes=16", "--seconds=900"],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": service(variable)},
        capture_output=True,
        text=True,
        timeout=2400,
    )
    print(done.stdout[-4000:])
    assert done.returncode == 0, done.stderr[-3000:]
    day = json.loads(done.stdout)
    assert (day["wrong"], day["failed"]) == ([], 0)
    assert day["orders"] >= 1000
    assert day["packed"] > 700
    assert min(day[what] for what in ("substitutes", "settlements", "returns", "moved", "killed")) > 0
