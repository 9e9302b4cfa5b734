"""Wake-up calls: the task works off rows that are there already, and may run in several workers at once."""

import time

from dailyfresh_core.background.waking import task

from . import gate
from .services import announce, audit, hand_out

SECONDS = 20
"""After which a run begins no further portion: the next one goes on."""


@task(ignore_result=True)
def fill_gate() -> None:
    """What is left in flash sales, for the gate. For beat, every 5 s."""
    gate.fill()


@task(ignore_result=True)
def drain() -> None:
    """What began or ended is told, and coupons are handed out. For beat, every 30 s."""
    announce()
    until = time.monotonic() + SECONDS
    hand_out(keep_on=lambda: time.monotonic() < until)


@task(ignore_result=True)
def audit_counters() -> None:
    """Log what counters say that no order bears out. For beat, once a day."""
    audit()
