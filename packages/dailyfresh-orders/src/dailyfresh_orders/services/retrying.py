"""Runs a write again when the database gave up one of two that waited for each other."""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

from ..exceptions import Busy

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 5
PATIENCE = 4.0
"""Seconds after which a wait for a lock that was in vain is not repeated: it would be as long once more."""
_MYSQL = {1205, 1213, 1020}  # lock wait timeout, deadlock, record changed since last read
_POSTGRES = {"40001", "40P01", "55P03"}
_WAITED = {1205, "55P03"}


def lost_a_race(error: OperationalError) -> bool:
    """Whether the same transaction may well succeed when run again."""
    if connection.vendor == "mysql":
        return _code(error) in _MYSQL
    if connection.vendor == "postgresql":
        return _code(error) in _POSTGRES
    return connection.vendor == "sqlite" and "locked" in str(error)


def again(error: OperationalError, *, since: float) -> bool:
    """Whether to run a write again that began at `since` (monotonic seconds); raises what no further attempt helps against.

    The loser of a deadlock is served soon, however long the queue was. SQLite and a time-out of a lock made it wait.
    """
    if not lost_a_race(error):
        raise error
    waited = connection.vendor == "sqlite" or _code(error) in _WAITED
    return not waited or time.monotonic() - since <= PATIENCE


def _code(error: OperationalError) -> object:
    if connection.vendor == "postgresql":
        return getattr(error.__cause__, "sqlstate", None)
    return error.args[0] if error.args else None


def retried(write: Callable[P, R]) -> Callable[P, R]:
    """Call `write` again after a deadlock or a short wait for a lock, at most five times; then raise `Busy`.

    The database has rolled back the whole transaction, so this only helps outside one: inside, the error passes through
    to whoever opened it.
    """

    @wraps(write)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return write(*args, **kwargs)
        since = time.monotonic()
        for _attempt in range(TRIES):
            try:
                return write(*args, **kwargs)
            except OperationalError as error:
                last = error
                if not again(error, since=since):
                    break
        raise Busy(f"{write.__name__} lost every race") from last

    return call
