from typing import Any

import pytest
from dailyfresh_core.retrying import Busy, lost_race, retried
from django.db import OperationalError, connection, transaction

LOST = {"sqlite": ("database is locked",), "mysql": (1213, "Deadlock found"), "postgresql": ("deadlock",)}


def lost() -> OperationalError:
    """The error of whoever lost a race, as this database says it."""
    error = OperationalError(*LOST[connection.vendor])
    if connection.vendor == "postgresql":
        error.__cause__ = type("DeadlockDetected", (Exception,), {"sqlstate": "40P01"})()
    return error


@pytest.mark.django_db(transaction=True)
def test_a_lost_race_is_run_again() -> None:
    attempts: list[int] = []

    def write() -> str:
        attempts.append(1)
        if len(attempts) < 3:
            raise lost()
        return "written"

    assert retried(write)() == "written"
    assert len(attempts) == 3


@pytest.mark.django_db(transaction=True)
def test_who_loses_every_race_is_told_that_it_is_busy() -> None:
    attempts: list[int] = []

    def write() -> None:
        attempts.append(1)
        raise lost()

    with pytest.raises(Busy):
        retried(write)()
    assert len(attempts) == 5


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_the_error_goes_to_who_opened_it() -> None:
    def write() -> None:
        raise lost()

    with pytest.raises(OperationalError), transaction.atomic():
        retried(write)()


@pytest.mark.django_db(transaction=True)
def test_what_no_attempt_helps_against_is_raised_at_once() -> None:
    attempts: list[int] = []

    def write() -> Any:
        attempts.append(1)
        raise OperationalError("no such column")

    assert not lost_race(OperationalError("no such column"))
    with pytest.raises(OperationalError):
        retried(write)()
    assert len(attempts) == 1
