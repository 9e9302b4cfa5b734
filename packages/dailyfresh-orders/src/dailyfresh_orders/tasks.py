"""Wake-up calls: each task works off rows that are there already, and may run in several workers at once."""

import logging
from datetime import timedelta

from dailyfresh_core.background.waking import task

from .days import today
from .gateways import configured
from .services import (
    address_messages,
    audit,
    close_days,
    draw_pictures,
    finish_cancellations,
    pass_time,
    reconcile,
    remove_old_messages,
    send_letters,
    settle_baskets,
    sweep,
    sweep_refunds,
    tell_low_stock,
)

logger: logging.Logger = logging.getLogger(__name__)

AT_ONCE = 0.5
"""Seconds after which a drain that was woken begins nothing new: beat's `drain_payments` does the rest."""


@task(ignore_result=True)
def drain() -> None:
    """What is due: orders whose time has come, days of sales that are over, messages, unsettled baskets. For beat, every 30 s."""
    # The letters and baskets last: they wait for somebody else's service.
    for step in (pass_time, close_days, address_messages, send_letters, settle_baskets):
        try:
            step()
        except Exception:  # one step that cannot be done must not starve those behind it
            logger.exception("The drain's step %s failed; the next drain tries again", step.__name__)


@task(ignore_result=True)
def drain_payments() -> None:
    """Everything that is open at the gateways: pending payments, orders being cancelled, refunds. For beat, every 30 s."""
    sweep()


@task(ignore_result=True)
def drain_refunds() -> None:
    """Refunds that may go out; woken when one is approved, perhaps inside a request, so it begins little."""
    sweep_refunds(seconds=AT_ONCE)


@task(ignore_result=True)
def draw_all_pictures() -> None:
    """Pictures that wait to be drawn, each for as long as it may take: for a queue in which no mail waits. For beat, every 30 s."""
    draw_pictures()


@task(ignore_result=True)
def drain_pictures() -> None:
    """Pictures that wait to be drawn; woken when some came, as above, and for the same queue."""
    draw_pictures(seconds=AT_ONCE)


@task(ignore_result=True)
def drain_messages() -> None:
    """Messages that wait to be addressed and sent; woken when one was written, as above."""
    address_messages()
    send_letters(seconds=AT_ONCE)


@task(ignore_result=True)
def watch_stock() -> None:
    """Tell staff what is nearly sold out now and was not before. For beat, every 10 minutes."""
    tell_low_stock()


@task(ignore_result=True)
def tidy() -> None:
    """Forget messages that are half a year old. For beat, once a night."""
    remove_old_messages()


@task(ignore_result=True)
def drain_cancellations() -> None:
    """Orders that wait for their payments to be closed; woken when one is cancelled, as above."""
    finish_cancellations(seconds=AT_ONCE)


@task(ignore_result=True)
def reconcile_yesterday() -> None:
    """The daily comparison with every gateway that is paid online. For beat, once a night."""
    for each in configured():
        if each.online:
            reconcile(day=today() - timedelta(days=1), code=each.code)


@task(ignore_result=True)
def audit_yesterday() -> None:
    """The sums of the orders placed on the day before. For beat, once a night."""
    audit(day=today() - timedelta(days=1))
