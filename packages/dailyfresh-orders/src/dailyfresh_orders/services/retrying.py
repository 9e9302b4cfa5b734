"""Runs a write again when the database gave up one of two that waited for each other."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

from ..exceptions import Busy

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 5
_MYSQL = {1205, 1213, 1020}  # lock wait timeout, deadlock, record changed since last read
_POSTGRES = {"40001", "40P01", "55P03"}


def lost_a_race(error: OperationalError) -> bool:
    """Whether the same transaction may well succeed when run again."""
    if connection.vendor == "mysql":
        return bool(error.args) and error.args[0] in _MYSQL
    if connection.vendor == "postgresql":
        return getattr(error.__cause__, "sqlstate", None) in _POSTGRES
    return connection.vendor == "sqlite" and "locked" in str(error)


def retried(write: Callable[P, R]) -> Callable[P, R]:
    """Call `write` again, at most five times, after a deadlock or lock time-out; then raise `Busy`.

    The database has rolled back the whole transaction, so this only helps outside one: inside, the error passes through
    to whoever opened it.
    """

    @wraps(write)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return write(*args, **kwargs)
        for _ in range(TRIES):
            try:
                return write(*args, **kwargs)
            except OperationalError as error:
                if not lost_a_race(error):
                    raise
                last = error
        raise Busy(f"{write.__name__} lost {TRIES} races") from last

    return call
