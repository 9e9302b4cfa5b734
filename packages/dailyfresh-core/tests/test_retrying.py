from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from dailyfresh_core.db import retrying
from dailyfresh_core.db.retrying import Busy, lost_race, retried
from dailyfresh_core.testing import deadlock
from django.db import OperationalError, connection, transaction
from minisite.models import Letter


@pytest.mark.django_db(transaction=True)
def test_a_lost_race_is_run_again() -> None:
    attempts: list[int] = []

    def write() -> str:
        attempts.append(1)
        if len(attempts) < 3:
            raise deadlock()
        return "written"

    assert retried(write)() == "written"
    assert len(attempts) == 3


@pytest.mark.django_db(transaction=True)
def test_who_loses_every_race_is_told_that_it_is_busy() -> None:
    attempts: list[int] = []

    def write() -> None:
        attempts.append(1)
        raise deadlock()

    with pytest.raises(Busy):
        retried(write)()
    assert len(attempts) == 5


@pytest.mark.django_db(transaction=True)
def test_who_loses_twice_waits_at_random_before_the_next_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers at several nodes of a cluster would meet again and again; one server's loser is served at once."""
    waited: list[float] = []
    monkeypatch.setattr(retrying.time, "sleep", waited.append)

    def write() -> None:
        assert not connection.in_atomic_block
        raise deadlock()

    for _writer in range(20):
        with pytest.raises(Busy):
            retried(write)()
    assert len(waited) == 20 * 3
    assert len(set(waited)) == 60
    assert 0 <= max(waited) <= retrying.APART


@pytest.mark.django_db(transaction=True)
def test_a_race_that_is_lost_at_the_commit_is_run_again_with_the_work_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Galera tells the losers at COMMIT, a seventh to a quarter of them; what was to follow belongs to the attempt that won."""
    commit, lost, followed = connection._commit, iter([True, True, False]), []

    def committing() -> None:
        if next(lost):
            raise deadlock()
        commit()

    monkeypatch.setattr(connection, "_commit", committing)

    @retried
    @transaction.atomic(durable=True)
    def write() -> None:
        Letter.objects.create()
        transaction.on_commit(lambda: followed.append(Letter.objects.count()), robust=True)

    write()
    assert followed == [1]


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_the_error_goes_to_who_opened_it() -> None:
    def write() -> None:
        raise deadlock()

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


@pytest.fixture
def repeatable_read() -> Iterator[None]:
    """Every connection of this test begins its transactions at that level, as some sites choose."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one level of isolation")
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    connection.settings_dict["OPTIONS"] = options | {
        "isolation_level": 3 if connection.vendor == "postgresql" else "repeatable read"
    }
    yield
    connection.close()
    connection.settings_dict["OPTIONS"] = options


WRITERS = 16


@pytest.mark.django_db(transaction=True)
def test_all_who_write_one_row_at_once_get_through_under_repeatable_read_too(repeatable_read: None) -> None:
    letter = Letter.objects.create()
    start = Barrier(WRITERS)

    @retried
    @transaction.atomic
    def write() -> None:
        locked = Letter.objects.select_for_update().get(pk=letter.pk)
        locked.attempts += 1
        locked.save()

    def writer(_number: int) -> None:
        connection.ensure_connection()
        start.wait()
        write()
        connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(writer, range(WRITERS)))
    letter.refresh_from_db()
    assert letter.attempts == WRITERS


@pytest.mark.django_db(transaction=True)
def test_what_the_site_reads_afterwards_it_reads_at_the_level_it_chose(repeatable_read: None) -> None:
    retried(Letter.objects.create)()
    with transaction.atomic(), ThreadPoolExecutor(1) as other:
        before = Letter.objects.count()
        other.submit(lambda: (Letter.objects.create(), connection.close())).result()
        assert Letter.objects.count() == before
