"""Runs a write again when the database gave up one of two that waited for each other."""

import time
from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

from ..exceptions import Busy

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 5
PATIENCE = 4.0
"""Seconds after which nothing is tried again: what waited that long for a lock would wait as long once more."""
_MYSQL = {1205, 1213, 1020}  # lock wait timeout, deadlock, record changed since last read
_POSTGRES = {"40001", "40P01", "55P03"}


def lost_a_race(error: OperationalError) -> bool:
    """Whether the same transaction may well succeed when run again."""
    if connection.vendor == "mysql":
        return bool(error.args) and error.args[0] in _MYSQL
    if connection.vendor == "postgresql":
        return getattr(error.__cause__, "sqlstate", None) in _POSTGRES
    return connection.vendor == "sqlite" and "locked" in str(error)


def attempts() -> Iterator[int]:
    """0, 1, ... for the attempts of one write: five at most, and none begun after `PATIENCE`."""
    until = time.monotonic() + PATIENCE
    for attempt in range(TRIES):
        if attempt and time.monotonic() > until:
            return
        yield attempt


def retried(write: Callable[P, R]) -> Callable[P, R]:
    """Call `write` again after a deadlock or a short wait for a lock, as often as `attempts` says; then raise `Busy`.

    The database has rolled back the whole transaction, so this only helps outside one: inside, the error passes through
    to whoever opened it.
    """

    @wraps(write)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return write(*args, **kwargs)
        for _attempt in attempts():
            try:
                return write(*args, **kwargs)
            except OperationalError as error:
                if not lost_a_race(error):
                    raise
                last = error
        raise Busy(f"{write.__name__} lost every race") from last

    return call
