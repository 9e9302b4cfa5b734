"""The sweep: whatever the gateways have not told us is asked for, until nothing is open."""

import time
from dataclasses import dataclass

from dailyfresh_core.outbox import Drained, work_off
from django.db.models import Exists, OuterRef
from django.utils import timezone

from ...gateways.base import CloseOutcome, TradeState
from ...models import Order, Payment, Refund
from ..transitions import finish_cancel
from .asking import ask, close, close_open_payments
from .paying_back import due_refunds, resolve_refund, send_refund

SECONDS = 25.0
"""After so many, a sweep begins nothing new."""
LIMIT = 200
"""The most rows of each kind that one sweep looks at."""


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
