"""Runs a write again when the database gave up one of two that waited for each other."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connections, transaction

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 5
PATIENCE = 4.0
"""Seconds after which a wait for a lock that was in vain is not repeated: it would be as long once more."""
APART = 1.0
"""Seconds that a loser stands back at most."""
LOST: dict[str, set[object]] = {
    "mysql": {1205, 1213, 1020},  # lock wait timeout, deadlock, record changed since last read
    "postgresql": {"40001", "40P01", "55P03"},  # serialization failure, deadlock, lock not available
}
WAITED: set[int | str] = {1205, "55P03"}


class Busy(Exception):
    """Others held a row or a lock for longer than one may wait. Nothing was written; trying again later is safe."""


def code_of(error: DatabaseError) -> object:
    """MySQL's error number, or PostgreSQL's SQLSTATE."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state or (error.args[0] if error.args else None)


def lost_race(error: DatabaseError, *, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether the same transaction may well succeed when run again."""
    vendor = connections[using].vendor
    if vendor == "sqlite":
        return "locked" in str(error)
    return code_of(error) in LOST.get(vendor, ())


def may_retry(error: DatabaseError, *, since: float, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether to run a write again that began at `since` (monotonic seconds); raises what no further attempt helps against.

    The loser of a deadlock is served soon, however long the queue was. SQLite and a time-out of a lock made it wait.
    """
    if not lost_race(error, using=using):
        raise error
    waited = connections[using].vendor == "sqlite" or code_of(error) in WAITED
    return not waited or time.monotonic() - since <= PATIENCE


def stand_back(attempt: int, *, since: float) -> None:
    """Wait at random before an attempt (from 0), the third at the earliest, with no transaction open: at most as long as it has taken so far.

    The loser of a deadlock on one server runs again at once: the other has won. Who loses twice, at several nodes of Galera above all,
    would go on meeting the same writers at the same moment.
    """
    if attempt > 1:
        time.sleep(random.uniform(0, min(APART, time.monotonic() - since)))  # noqa: S311 - no secret


def retried(write: Callable[P, R], *, using: str = DEFAULT_DB_ALIAS) -> Callable[P, R]:
    """Call `write` again after a deadlock or a short wait for a lock, at most five times; then raise `Busy`.

    The database has rolled back the whole transaction, so this only helps outside one: inside, the error passes through
    to whoever opened it.
    """

    @wraps(write)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if connections[using].in_atomic_block:
            return write(*args, **kwargs)
        since = time.monotonic()
        with read_committed(using=using):
            for attempt in range(TRIES):
                stand_back(attempt, since=since)
                try:
                    return write(*args, **kwargs)
                except OperationalError as error:
                    last = error
                    if not may_retry(error, since=since, using=using):
                        break
        raise Busy(f"{getattr(write, '__name__', write)} lost every race") from last

    return call


def aside() -> AbstractContextManager[None]:
    """For what a site's own class may do to the database: within an open transaction a savepoint, so that its error is not the end of that one."""
    return transaction.atomic() if transaction.get_connection().in_atomic_block else nullcontext()


@contextmanager
def read_committed(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Begin PostgreSQL's transactions at READ COMMITTED, whatever the site chose; changes nothing inside a transaction, nor elsewhere.

    Above that level everybody who waited for a row loses (40001) but the first, so that of fifty writers of one row most would lose
    five times. MariaDB lets them in one after the other at either level. The driver says the level with BEGIN: no statement more.
    """
    connection = connections[using]
    if connection.vendor != "postgresql" or not connection.get_autocommit():
        yield
        return
    from django.db.backends.postgresql.psycopg_any import IsolationLevel  # there only with the driver

    driver = connection.connection
    chosen = driver.isolation_level
    if not driver.closed:
        driver.isolation_level = IsolationLevel.READ_COMMITTED
    try:
        yield
    finally:
        if not driver.closed:
            driver.isolation_level = chosen
