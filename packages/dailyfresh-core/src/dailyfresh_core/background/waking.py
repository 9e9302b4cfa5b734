"""How a drain is woken: the task that works off rows which were written with the change."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, TypeVar

from django.db import transaction
from django.dispatch import Signal

try:
    from celery import current_app, shared_task
except ImportError:  # an extra: a site without it has no worker to wake
    current_app = shared_task = None

Function = TypeVar("Function", bound=Callable[..., Any])

logger: logging.Logger = logging.getLogger(__name__)
EXPIRES = 5
"""Seconds after which a wake-up call that no worker has taken is dropped: each drain works off all that is due, and beat calls it too.

Without it the calls of a busy hour queue up before everything else, beat's own among them.
"""

_ASLEEP = ContextVar("_ASLEEP", default=False)


@contextmanager
def asleep() -> Iterator[None]:
    """Wake nobody inside, for a load of thousands of rows: the drains work them off together when beat calls them."""
    token = _ASLEEP.set(True)
    try:
        yield
    finally:
        _ASLEEP.reset(token)


def tasks_run_inline(tasks: str | None) -> bool:
    """Whether drains run in the process that wakes them, by the setting TASKS.

    By default they do unless the site configured a Celery app: without one a call blocks on a broker that is not there.
    Celery names its own stand-in app "default".
    """
    if tasks is not None:
        return tasks == "inline"
    return current_app is None or current_app.main in (None, "default")


def celery_is_installed() -> bool:
    return shared_task is not None


def task(**options: Any) -> Callable[[Function], Function]:
    """`celery.shared_task`, or the function as it is where Celery is not installed: drains run inline there, or by their commands."""
    if shared_task is None:
        return lambda function: function
    made: Callable[[Function], Function] = shared_task(**options)
    return made


def _run(task: Callable[[], object], tasks: str | None) -> None:
    inline = tasks_run_inline(tasks)
    try:
        if inline:
            task()
        else:
            task.apply_async(expires=EXPIRES)  # type: ignore[attr-defined]
    except Exception as error:  # what a broker that is away raises says all in a line
        logger.error("%s could not be woken; beat will run it: %s", task, error, exc_info=inline)


def wake(task: Callable[[], object], *, tasks: str | None) -> None:
    """Wake a drain once the open transaction has committed, as the setting TASKS says; a failure is logged, never raised.

    A transaction wakes the same drain once, however often it asks. The rows that the drain works off are written already, so a
    lost call costs time and nothing else: beat calls it again.
    """
    if _ASLEEP.get():
        return
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


def wake_on(signal: Signal, task: Callable[[], object], conf: Any, *, uid: str) -> None:
    """Wake a drain whenever the signal is sent, as TASKS of these settings says."""

    def heard(**_: Any) -> None:
        wake(task, tasks=conf.TASKS)

    signal.connect(heard, weak=False, dispatch_uid=uid)


def wake_later(task: Callable[..., object], *, seconds: float, **arguments: object) -> None:
    """Have a worker run a drain again after a while; a broker that is away is one line in the log, for beat runs it too."""
    try:
        task.apply_async(kwargs=arguments, countdown=seconds)  # type: ignore[attr-defined]
    except Exception as error:  # noqa: BLE001 - the broker's client may raise anything
        logger.error("%s could not be woken; beat will run it: %s", task, error)
