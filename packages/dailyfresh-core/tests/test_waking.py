from typing import Any

import pytest
from dailyfresh_core.background import waking
from dailyfresh_core.background.waking import asleep, tasks_run_inline, wake, wake_later
from dailyfresh_core.checks import check_shared
from django.db import transaction

runs: list[str] = []


def drain() -> None:
    runs.append("run")


def broken() -> None:
    raise OSError("no broker")


@pytest.fixture(autouse=True)
def none_yet() -> None:
    runs.clear()


@pytest.mark.django_db(transaction=True)
def test_a_drain_runs_once_after_the_commit() -> None:
    with transaction.atomic():
        for _ in range(3):
            wake(drain, tasks="inline")
        assert runs == []
    assert runs == ["run"]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_savepoint_takes_no_waking_of_others_along() -> None:
    with transaction.atomic():
        try:
            with transaction.atomic():
                wake(drain, tasks="inline")
                raise KeyError
        except KeyError:
            wake(drain, tasks="inline")
    assert runs == ["run"]


@pytest.mark.django_db(transaction=True)
def test_a_drain_that_fails_is_logged_and_spares_whoever_woke_it(caplog: Any) -> None:
    wake(broken, tasks="inline")
    assert "could not be woken" in caplog.text


def test_a_drain_that_no_worker_can_be_told_of_is_left_to_beat_in_one_line(caplog: Any) -> None:
    def task() -> None: ...

    task.apply_async = lambda **_: broken()  # type: ignore[attr-defined]
    wake_later(task, seconds=1, again=False)
    assert "could not be woken" in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_celery_is_asked_where_the_site_says_so_by_a_call_that_queues_for_seconds_at_most() -> None:
    def task() -> None: ...

    task.apply_async = lambda *, expires: runs.append(f"in {expires} s")  # type: ignore[attr-defined]
    wake(task, tasks="celery")
    assert runs == ["in 5 s"]


@pytest.mark.django_db(transaction=True)
def test_a_load_of_many_rows_wakes_nobody_and_what_comes_after_it_does() -> None:
    with asleep():
        wake(drain, tasks="inline")
    assert runs == []
    wake(drain, tasks="inline")
    assert runs == ["run"]


def test_without_a_celery_app_drains_run_inline() -> None:
    assert tasks_run_inline(None)
    assert tasks_run_inline("inline")
    assert not tasks_run_inline("celery")


def test_without_celery_a_task_is_its_function_and_celery_cannot_be_asked_for(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(waking, "shared_task", None)
    monkeypatch.setattr(waking, "current_app", None)
    assert waking.task(ignore_result=True)(drain) is drain
    assert tasks_run_inline(None)
    settings.DAILYFRESH = {"TASKS": "celery"}
    (message,) = check_shared()
    assert message.hint == (
        'It must be "inline" or None as long as Celery is not installed: it is the extra "celery" of the package.'
    )
