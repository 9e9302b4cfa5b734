"""Real processes at one cart at once: every add counts, the same click once, a limit holds, a settlement takes once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dailyfresh_cart.stores.base import Change, Kind, Owner
from dailyfresh_cart.stores.redis import RedisStore
from dailyfresh_core.testing import own_database, service

HERE = Path(__file__).parent


def race(processes: int, times: int, what: str, owner: Owner, environ: dict[str, str]) -> tuple[int, int, int]:
    """How many processes came through, were refused, failed."""
    done = subprocess.run(
        [sys.executable, str(HERE / "racers.py"), str(processes), str(times), what, owner.key, "1"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "minisite.racing", "PYTHONPATH": str(HERE), **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert not done.stderr, done.stderr[-2000:]
    through, refused, failed = map(int, done.stdout.split())
    return through, refused, failed


@pytest.fixture
def redis_race(in_redis: RedisStore) -> dict[str, str]:
    options = {"url": in_redis.url, "prefix": in_redis.prefix, "timeout": 30}
    return {"RACING_STORE": json.dumps({"BACKEND": "dailyfresh_cart.stores.redis.RedisStore", "OPTIONS": options})}


def test_fifty_adds_of_one_are_fifty(in_redis: RedisStore, redis_race: dict[str, str]) -> None:
    owner = Owner("u:racer")
    assert race(50, 1, "add", owner, redis_race) == (50, 0, 0)
    assert in_redis.quantities(owner) == {"1": 50}


@pytest.mark.prove
def test_one_click_that_is_sent_again_by_many_counts_once(in_redis: RedisStore, redis_race: dict[str, str]) -> None:
    owner = Owner("u:racer")
    assert race(20, 3, "same", owner, redis_race) == (20, 0, 0)
    assert in_redis.quantities(owner) == {"1": 3}


@pytest.mark.prove
def test_the_last_pieces_go_to_as_many_adds_as_there_are_pieces(
    in_redis: RedisStore, redis_race: dict[str, str]
) -> None:
    owner = Owner("u:racer")
    in_redis.change(owner, [Change(Kind.ADD, "1", 989)])
    assert race(20, 1, "add", owner, redis_race) == (10, 10, 0)
    assert in_redis.quantities(owner) == {"1": 999}


@pytest.mark.prove
def test_many_settlements_of_one_order_take_once(in_redis: RedisStore, redis_race: dict[str, str]) -> None:
    owner = Owner("u:racer")
    in_redis.change(owner, [Change(Kind.ADD, "1", 10)])
    assert race(20, 2, "settle", owner, redis_race) == (20, 0, 0)
    assert in_redis.quantities(owner) == {"1": 8}


def test_many_merges_of_one_guest_merge_once(in_redis: RedisStore, redis_race: dict[str, str]) -> None:
    owner = Owner("u:racer")
    in_redis.change(owner, [Change(Kind.ADD, "1", 1)])
    in_redis.change(Owner("g:racer"), [Change(Kind.ADD, "1", 4), Change(Kind.ADD, "2", 1)])
    assert race(8, 1, "merge", owner, redis_race) == (8, 0, 0)
    assert in_redis.quantities(owner) == {"1": 5, "2": 1}
    assert in_redis.quantities(Owner("g:racer")) == {}


class TestInTheDatabase:
    STORE = json.dumps({"BACKEND": "dailyfresh_cart.stores.database.DatabaseStore"})

    @pytest.fixture(params=["sqlite", "read committed", pytest.param("repeatable read", marks=pytest.mark.prove)])
    def database(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
        environ = {"RACING_STORE": self.STORE, "MINISITE_DATABASE_URL": f"sqlite:///{tmp_path}/racing.sqlite3"}
        if request.param == "sqlite":
            self._migrate(environ)
            yield environ
            return
        with own_database(service("DATABASE_URL"), f"cart_races_{os.getpid()}") as url:
            environ |= {"MINISITE_DATABASE_URL": url, "MINISITE_ISOLATION": request.param}
            self._migrate(environ)
            yield environ

    def _migrate(self, environ: dict[str, str]) -> None:
        self._run(environ, "-m", "django", "migrate", "-v0")

    def _run(self, environ: dict[str, str], *args: str) -> str:
        return subprocess.run(
            [sys.executable, *args],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "minisite.racing", "PYTHONPATH": str(HERE), **environ},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def _held(self, environ: dict[str, str]) -> dict[str, int]:
        program = (
            "import django; django.setup(); import json; from dailyfresh_cart.stores import store;"
            "from dailyfresh_cart.stores.base import Owner; print(json.dumps(store().quantities(Owner('u:racer'))))"
        )
        return dict(json.loads(self._run(environ, "-c", program)))

    def test_adds_at_once_all_count(self, database: dict[str, str]) -> None:
        assert race(8, 2, "add", Owner("u:racer"), database) == (8, 0, 0)
        assert self._held(database) == {"1": 16}

    @pytest.mark.prove
    def test_fifty_adds_of_one_are_fifty(self, database: dict[str, str]) -> None:
        if "sqlite" in database["MINISITE_DATABASE_URL"]:
            pytest.skip("SQLite lets one writer in at a time, and fifty that wait give up")
        assert race(50, 1, "add", Owner("u:racer"), database) == (50, 0, 0)
        assert self._held(database) == {"1": 50}
        assert race(20, 2, "settle", Owner("u:racer"), database) == (20, 0, 0)
        assert self._held(database) == {"1": 48}


@pytest.mark.prove
def test_thousands_of_adds_by_fifty_processes_all_count(in_redis: RedisStore, redis_race: dict[str, str]) -> None:
    owner = Owner("u:racer")
    assert race(45, 22, "add", owner, redis_race) == (45, 0, 0)
    assert in_redis.quantities(owner) == {"1": 990}
