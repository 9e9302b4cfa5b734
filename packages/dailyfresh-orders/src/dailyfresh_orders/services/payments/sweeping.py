"""The sweep: whatever the gateways have not told us is asked for, until nothing is open."""

import logging
import time
from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone

from ...gateways import UnknownGateway
from ...gateways.base import CloseOutcome, TradeState
from ...models import Order, Payment, Refund
from ..transitions import finish_cancel
from .asking import ask, close, close_open_payments
from .paying_back import due_refunds, resolve_refund, send_refund

logger = logging.getLogger(__name__)
PATIENCE = 3
"""Unanswered questions after which a gateway is left alone for the rest of the sweep."""


@dataclass
class Swept:
    """What one sweep did."""

    asked: int = 0
    cancelled: int = 0
    refunds: int = 0
    failed: int = 0


class _Silence:
    """Which gateways do not answer at the moment."""

    def __init__(self) -> None:
        self._misses: Counter[str] = Counter()

    def heard(self, code: str, answered: bool) -> None:
        self._misses[code] = 0 if answered else self._misses[code] + 1

    def of(self, code: str) -> bool:
        return self._misses[code] >= PATIENCE


def sweep(*, seconds: float = 25.0, limit: int = 200) -> Swept:
    """Ask about pending payments that are due, close those of dead orders, finish cancellations, carry refunds out.

    Idempotent, and safe in several workers at once: each payment and refund is claimed by one UPDATE. Begins nothing
    new after `seconds`, and gives a silent gateway up for this time, so that it cannot hold the others back.
    """
    until, swept, silence = time.monotonic() + seconds, Swept(), _Silence()
    _sweep_payments(until, limit, swept, silence)
    _finish_cancellations(until, limit, swept)
    return _sweep_refunds(until, limit, swept, silence)


def _sweep_payments(until: float, limit: int, swept: Swept, silence: _Silence) -> None:
    due = Payment.objects.filter(state=Payment.State.PENDING, ask_again_at__lte=timezone.now())
    for payment in due.select_related("order").order_by("ask_again_at")[:limit]:
        if time.monotonic() > until:
            return
        if silence.of(payment.gateway):
            continue
        over = payment.expires_at is not None and payment.expires_at <= timezone.now()
        try:
            if over or payment.order.state != Order.State.AWAITING_PAYMENT:
                silence.heard(payment.gateway, close(payment) != CloseOutcome.UNKNOWN)
            else:
                silence.heard(payment.gateway, ask(payment) != TradeState.UNKNOWN)
            swept.asked += 1
        except UnknownGateway:
            logger.error("Payment %s: gateway %s is not configured", payment.out_trade_no, payment.gateway)
            swept.failed += 1
        except Exception:  # one bad row must not stop the others; it stays due
            logger.exception("Payment %s could not be swept", payment.out_trade_no)
            swept.failed += 1


def finish_cancellations(*, seconds: float = 25.0, limit: int = 200) -> Swept:
    """Cancel what is being cancelled as soon as nothing of it can be paid any more; only then its stock is released."""
    return _finish_cancellations(time.monotonic() + seconds, limit, Swept())


def sweep_refunds(*, seconds: float = 25.0, limit: int = 200) -> Swept:
    """Send approved refunds, and find out about those of unknown outcome."""
    return _sweep_refunds(time.monotonic() + seconds, limit, Swept(), _Silence())


def _finish_cancellations(until: float, limit: int, swept: Swept) -> Swept:
    open_now = Payment.objects.filter(order=OuterRef("pk"), state=Payment.State.PENDING)
    not_yet = open_now.filter(ask_again_at__gt=timezone.now())
    orders = Order.objects.filter(~Exists(not_yet), state=Order.State.CANCELLING).order_by("pk")
    for order_id in orders.values_list("pk", flat=True)[:limit]:
        if time.monotonic() > until:
            break
        try:
            if close_open_payments(order_id=order_id):
                swept.cancelled += finish_cancel(order_id=order_id, by="sweep", why="nothing can be paid any more")
        except Exception:
            logger.exception("Order %s could not be cancelled", order_id)
            swept.failed += 1
    return swept


def _sweep_refunds(until: float, limit: int, swept: Swept, silence: _Silence) -> Swept:
    for pk, state, code in due_refunds(limit=limit):
        if time.monotonic() > until:
            break
        if silence.of(code):
            continue
        try:
            became = send_refund(pk) if state == Refund.State.READY else resolve_refund(pk)
            if became is not None:
                silence.heard(code, became != Refund.State.SENT)
                swept.refunds += 1
        except Exception:
            logger.exception("Refund %s could not be carried out", pk)
            swept.failed += 1
    return swept
