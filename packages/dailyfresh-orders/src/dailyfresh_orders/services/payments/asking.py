"""Asking gateways about payments: at a buyer's wish, in the sweep, and when an order is to be closed."""

from datetime import datetime, timedelta

from dailyfresh_core.outbox import pause
from django.db.models import F, Q
from django.utils import timezone

from ...gateways import gateway
from ...gateways.base import CloseOutcome, Observation, TradeState
from ...models import Order, Payment
from .settling import settle

PAUSES = (20, 30, 60, 120, 300, 600)
"""Seconds between two questions of the sweep about one payment; the last one repeats until it expires."""
IMPATIENT = timedelta(seconds=2)
"""A payment is asked about no more often than this, however many browsers poll."""


def ask(payment: Payment, *, apart: timedelta = IMPATIENT) -> TradeState | None:
    """Ask the gateway what became of a payment and settle the answer; None when somebody asked within `apart`.

    Takes at most the gateway's deadline. The claim is one UPDATE, so of many processes one asks. No lock is held meanwhile.
    """
    now = timezone.now()
    free = Payment.objects.filter(Q(asked_at=None) | Q(asked_at__lte=now - apart), pk=payment.pk)
    if not free.update(
        asked_at=now,
        asked_times=F("asked_times") + 1,
        ask_again_at=_again(payment, now + pause(payment.asked_times, PAUSES)),
    ):
        return None
    seen = gateway(payment.gateway).query(payment.out_trade_no)
    if seen.state != TradeState.UNKNOWN:
        settle(seen, code=payment.gateway)
    return seen.state


def _again(payment: Payment, moment: datetime) -> datetime:
    """Not later than just after the payment expired: then it is time to close it."""
    if payment.expires_at and payment.expires_at > timezone.now():
        return min(moment, payment.expires_at + timedelta(seconds=5))
    return moment


def close(payment: Payment) -> CloseOutcome:
    """Have the gateway close a pending payment and settle what it says; paid ones are settled as paid."""
    now = timezone.now()
    again_at = now + pause(payment.asked_times, PAUSES)
    asked = Payment.objects.filter(pk=payment.pk)
    asked.update(asked_at=now, asked_times=F("asked_times") + 1, ask_again_at=again_at)
    outcome = gateway(payment.gateway).close(payment.out_trade_no)
    if outcome == CloseOutcome.ALREADY_PAID:
        seen = gateway(payment.gateway).query(payment.out_trade_no)
        if seen.state != TradeState.UNKNOWN:
            settle(seen, code=payment.gateway)
    elif outcome != CloseOutcome.UNKNOWN:
        state = TradeState.CLOSED if outcome == CloseOutcome.CLOSED else TradeState.NOT_FOUND
        settle(
            Observation(out_trade_no=payment.out_trade_no, state=state, source="close", currency=payment.currency),
            code=payment.gateway,
        )
    return outcome


def make_payments_due(*, order_id: int) -> None:
    """Make an order's open payments due now: their turn may be minutes away."""
    Payment.objects.filter(order_id=order_id, state=Payment.State.PENDING).update(ask_again_at=timezone.now())


def close_open_payments(*, order_id: int) -> bool:
    """Close what of an order can still be paid; True when nothing can and nothing was.

    The order must already refuse new payments (be `cancelling`), else one could begin behind our back. A payment that
    the gateway never heard of stays open until it expires: its cashier page may still stand in some tab.
    """
    for payment in Payment.objects.filter(order_id=order_id, state=Payment.State.PENDING).order_by("pk"):
        close(payment)
    waiting = Payment.objects.filter(order_id=order_id, state=Payment.State.PENDING).exists()
    return not waiting and Order.objects.filter(pk=order_id, state=Order.State.CANCELLING).exists()
