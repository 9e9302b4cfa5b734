"""How the drains of this package are woken: as its setting TASKS says."""

from collections.abc import Callable

from dailyfresh_core import waking

from .conf import conf


def tasks_run_inline() -> bool:
    """Whether drains run in the process that wakes them."""
    return waking.tasks_run_inline(conf.TASKS)


def wake(task: Callable[[], object]) -> None:
    """Wake a drain once the open transaction has committed."""
    waking.wake(task, tasks=conf.TASKS)
