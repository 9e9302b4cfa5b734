from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from dailyfresh_core.background.outbox import Drained, claim, doubling, pause, work_off
from django.db.models import F
from minisite.models import Letter

NOON = datetime(2026, 1, 1, 12)


@pytest.mark.django_db
def test_of_two_workers_that_read_a_row_one_has_it() -> None:
    Letter.objects.create(due_at=NOON)
    one, other = Letter.objects.get(), Letter.objects.get()
    until = NOON + timedelta(minutes=3)
    assert claim(one, "due_at", until, attempts=F("attempts") + 1)
    assert not claim(other, "due_at", until, attempts=F("attempts") + 1)
    assert one.due_at == until
    assert Letter.objects.get().attempts == 1


def test_rows_are_worked_off_and_failures_counted(caplog: Any) -> None:
    def work(row: int) -> bool:
        if row == 2:
            raise OSError("away")
        return row != 3

    assert work_off([1, 2, 3, 4], work) == Drained(done=2, failed=2)
    assert "2 could not be worked off" in caplog.text


def test_three_failures_in_a_row_leave_the_rest_of_their_lane_for_the_next_run() -> None:
    tried: list[str] = []

    def work(row: str) -> bool:
        tried.append(row)
        return row[0] != "a"

    work_off(["a1", "a2", "b1", "a3", "a4", "b2"], work, lane=lambda row: row[0])
    assert tried == ["a1", "a2", "b1", "a3", "b2"]


def test_a_success_renews_the_patience() -> None:
    outcomes = iter([False, False, True, False, False, True])
    assert work_off(range(6), lambda row: next(outcomes)) == Drained(done=2, failed=4)


def test_nothing_begins_after_the_time_is_over() -> None:
    def rows() -> Iterator[int]:
        yield 1
        yield 2

    assert work_off(rows(), lambda row: True, seconds=-1) == Drained()


def test_pauses_grow_and_the_last_repeats() -> None:
    assert doubling(30, 200) == (30, 60, 120, 200)
    assert [pause(tries, (10, 20)).total_seconds() for tries in (0, 1, 2, 99, -1)] == [10, 20, 20, 20, 10]
