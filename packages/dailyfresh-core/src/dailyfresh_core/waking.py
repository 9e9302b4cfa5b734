"""How a drain is woken: the task that works off rows which were written with the change."""

import logging
from collections.abc import Callable
from functools import partial

from django.db import transaction

logger = logging.getLogger(__name__)


def tasks_run_inline(tasks: str | None) -> bool:
    """Whether drains run in the process that wakes them, by the setting TASKS.

    By default they do unless the site configured a Celery app: without one `.delay()` blocks on a broker that is not there.
    Celery names its own stand-in app "default".
    """
    if tasks is not None:
        return tasks == "inline"
    try:
        from celery import current_app
    except ImportError:  # a site without Celery has no worker to wake
        return True
    return current_app.main in (None, "default")


def _run(task: Callable[[], object], tasks: str | None) -> None:
    try:
        if tasks_run_inline(tasks):
            task()
        else:
            task.delay()  # type: ignore[attr-defined]
    except Exception:
        logger.exception("%s could not be woken; beat will run it", task)


def wake(task: Callable[[], object], *, tasks: str | None) -> None:
    """Wake a drain once the open transaction has committed, as the setting TASKS says; a failure is logged, never raised.

    A transaction wakes the same drain once, however often it asks. The rows that the drain works off are written already, so a
    lost call costs time and nothing else: beat calls it again.
    """
    connection = transaction.get_connection()
    # A callback of an inner savepoint may yet be rolled back: only one that is as sure as ours counts.
    for savepoints, callback, _robust in connection.run_on_commit:
        if (
            isinstance(callback, partial)
            and callback.args[:1] == (task,)
            and savepoints <= set(connection.savepoint_ids)
        ):
            return
    transaction.on_commit(partial(_run, task, tasks), robust=True)
