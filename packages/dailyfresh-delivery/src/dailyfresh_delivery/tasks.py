"""The task makes what is due and is not there yet, and may run in several workers at once."""

from dailyfresh_core.waking import task

from .services import make_windows


@task(ignore_result=True)
def drain() -> None:
    """The windows of the days to come. For beat, every ten minutes."""
    make_windows()
