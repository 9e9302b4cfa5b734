"""How a drain is woken: the file is the same in every package of the suite that has tasks."""

import logging
from collections.abc import Callable
from functools import partial

from django.db import transaction

from .conf import conf

logger = logging.getLogger(__name__)


def tasks_run_inline() -> bool:
    """Whether drains run in the process that wakes them (setting TASKS).

    By default they do unless the site configured a Celery app: without one `.delay()` blocks
    on a broker that is not there. Celery names its own stand-in app "default".
    """
    if conf.TASKS is None:
        from celery import current_app

        return current_app.main in (None, "default")
    return bool(conf.TASKS == "inline")


def _run(task: Callable[[], object]) -> None:
    try:
        if tasks_run_inline():
            task()
        else:
            task.delay()  # type: ignore[attr-defined]
    except Exception:
        logger.exception("%s could not be woken; beat will run it", task)


def wake(task: Callable[[], object]) -> None:
    """Wake a drain once the open transaction has committed; a failure is logged, never raised.

    A transaction wakes the same drain once, however often it asks. The rows that the drain works
    off are written already, so a lost call costs time and nothing else: beat calls it again.
    """
    connection = transaction.get_connection()
    # A callback of an inner savepoint may yet be rolled back: only one that is as sure as ours counts.
    for savepoints, callback, _robust in connection.run_on_commit:
        if isinstance(callback, partial) and callback.args == (task,) and savepoints <= set(connection.savepoint_ids):
            return
    transaction.on_commit(partial(_run, task), robust=True)
