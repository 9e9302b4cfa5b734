"""Asking gateways: at a buyer's wish, when an order is to be closed, and in the sweep until nothing is open."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from dailyfresh_core.background.outbox import Drained, pause, work_off
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from ...gateways import gateway
from ...gateways.base import CloseOutcome, Observation, TradeState
from ...models import Order, Payment, Refund
from ..transitions import finish_cancel
from .paying_back import due_refunds, resolve_refund, send_refund
from .settling import settle

PAUSES = (20, 30, 60, 120, 300, 600)
"""Seconds between two questions of the sweep about one payment; the last one repeats until it expires."""
IMPATIENT = timedelta(seconds=2)
"""A payment is asked about no more often than this, however many browsers poll."""
SECONDS = 25.0
"""After so many, a sweep begins nothing new."""
LIMIT = 200
"""The most rows of each kind that one sweep looks at."""


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


@dataclass(frozen=True)
class Swept:
    """What one sweep did."""

    payments: Drained
    cancellations: Drained
    refunds: Drained


def sweep(*, seconds: float = SECONDS, limit: int = LIMIT) -> Swept:
    """Ask about pending payments that are due, close those of dead orders, finish cancellations, carry refunds out.

    Idempotent, and safe in several workers at once: each payment and refund is claimed by one UPDATE. Begins nothing
    new after `seconds`, and gives a silent gateway up for this time, so that it cannot hold the others back.
    """
    until = time.monotonic() + seconds
    return Swept(
        _sweep_payments(seconds=seconds, limit=limit),
        finish_cancellations(seconds=until - time.monotonic(), limit=limit),
        sweep_refunds(seconds=until - time.monotonic(), limit=limit),
    )


def _sweep_payments(*, seconds: float, limit: int) -> Drained:
    due = Payment.objects.filter(state=Payment.State.PENDING, ask_again_at__lte=timezone.now())
    rows = due.select_related("order").order_by("ask_again_at")[:limit]
    return work_off(rows, _ask_or_close, seconds=seconds, lane=lambda payment: payment.gateway)


def _ask_or_close(payment: Payment) -> bool:
    """Whether the gateway answered."""
    over = payment.expires_at is not None and payment.expires_at <= timezone.now()
    if over or payment.order.state != Order.State.AWAITING_PAYMENT:
        return close(payment) != CloseOutcome.UNKNOWN
    return ask(payment) != TradeState.UNKNOWN


def finish_cancellations(*, seconds: float = SECONDS, limit: int = LIMIT) -> Drained:
    """Cancel what is being cancelled as soon as nothing of it can be paid any more; only then its stock is released."""

    def finish(order_id: int) -> bool:
        if close_open_payments(order_id=order_id):
            finish_cancel(order_id, by="sweep", why="nothing can be paid any more")
        return True

    open_now = Payment.objects.filter(order=OuterRef("pk"), state=Payment.State.PENDING)
    not_yet = open_now.filter(ask_again_at__gt=timezone.now())
    orders = Order.objects.filter(~Exists(not_yet), state=Order.State.CANCELLING).order_by("pk")
    rows = orders.values_list("pk", flat=True)[:limit]
    return work_off(rows, finish, seconds=seconds, lane=lambda order_id: order_id)


def sweep_refunds(*, seconds: float = SECONDS, limit: int = LIMIT) -> Drained:
    """Send approved refunds, and find out about those of unknown outcome."""

    def carry_out(due: tuple[int, str, str]) -> bool:
        refund_id, state, _gateway = due
        became = send_refund(refund_id) if state == Refund.State.READY else resolve_refund(refund_id)
        return became != Refund.State.SENT

    return work_off(due_refunds(limit=limit), carry_out, seconds=seconds, lane=lambda due: due[2])
