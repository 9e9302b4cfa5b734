"""The task makes what is due and is not there yet, and may run in several workers at once."""

from dailyfresh_core.background.waking import task

from .services import audit, make_windows


@task(ignore_result=True)
def drain() -> None:
    """The windows of the days to come. For beat, every ten minutes."""
    make_windows()


@task(ignore_result=True)
def audit_windows() -> None:
    """Log windows whose counters say what no reservation bears out. For beat, once a day."""
    audit()
