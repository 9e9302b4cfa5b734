"""Carrying refunds out: sent once, asked about until it is known what became of them, booked once."""

import logging
from collections.abc import Callable
from datetime import timedelta

from dailyfresh_core.background.outbox import pause
from dailyfresh_core.db.retrying import retried
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from ...gateways import gateway
from ...gateways.base import Outcome, RefundOutcome
from ...models import Order, OrderLine, Payment, Refund
from ..books.booking import book_refund
from ..locking import LockedOrder, lock_refund
from ..transitions import close_refunded, restock
from .ledger import announce, in_words_for_staff, record

logger: logging.Logger = logging.getLogger(__name__)
APART = timedelta(seconds=3)
"""Alipay wants two refunds of one trade at least this far apart."""
PAUSES = (10, 20, 60, 300, 900, 3600)
"""Seconds until the next question about a refund of unknown outcome; the last one repeats for ever."""


def send_refund(refund_id: int) -> str | None:
    """Send an approved refund to its gateway; the new state, or None when another worker has it or it is too early.

    The row says SENT before the gateway is called: after a kill at any later point it is asked about, never forgotten.
    """
    now = timezone.now()
    payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
    if Refund.objects.filter(payment_id=payment_id, sent_at__gt=now - APART).exclude(pk=refund_id).exists():
        return None
    claimed = Refund.objects.filter(pk=refund_id, state=Refund.State.READY).update(
        state=Refund.State.SENT, sent_at=now, try_at=now + pause(0, PAUSES), tries=F("tries") + 1
    )
    return _carry_out(refund_id, _pay_back) if claimed else None


def resolve_refund(refund_id: int) -> str | None:
    """Find out what became of a refund that was sent; repeats it under its own number if it never happened."""
    now = timezone.now()
    tries = Refund.objects.values_list("tries", flat=True).get(pk=refund_id)
    claimed = Refund.objects.filter(pk=refund_id, state=Refund.State.SENT, try_at__lte=now).update(
        try_at=now + pause(tries, PAUSES), tries=F("tries") + 1
    )
    return _carry_out(refund_id, _find_out) if claimed else None


def _carry_out(refund_id: int, call: Callable[[Refund], RefundOutcome]) -> str:
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    outcome = call(refund)
    return conclude(refund, outcome)


def _pay_back(refund: Refund) -> RefundOutcome:
    payment = refund.payment
    reason = refund.reason or refund.get_kind_display()
    return gateway(payment.gateway).refund(payment.out_trade_no, refund.amount, refund.out_request_no, reason)


def _find_out(refund: Refund) -> RefundOutcome:
    outcome = gateway(refund.payment.gateway).query_refund(refund.payment.out_trade_no, refund.out_request_no)
    if outcome.outcome == Outcome.REFUSED and outcome.code == "not_found":
        return _pay_back(refund)
    return outcome


def conclude(refund: Refund, outcome: RefundOutcome) -> str:
    """Book what a gateway said about a refund; exactly once, whoever says it. Gives the refund's state."""
    if outcome.outcome == Outcome.UNKNOWN:
        Refund.objects.filter(pk=refund.pk, state=Refund.State.SENT).update(code=outcome.code[:64])
        logger.warning("Refund %s: outcome unknown (%s)", refund.out_request_no, outcome.code or "no answer")
        return str(Refund.State.SENT)
    return _book(refund.pk, refund.payment.order_id, outcome)


@retried
@transaction.atomic(durable=True)
def _book(refund_id: int, order_id: int, outcome: RefundOutcome) -> str:
    locked = lock_refund(refund_id, order_id=order_id)
    refund, payment = locked.refund, locked.payment
    state = Refund.State.DONE if outcome.outcome == Outcome.DONE else Refund.State.REFUSED
    now = timezone.now()
    moved = Refund.objects.filter(pk=refund_id, state=Refund.State.SENT).update(
        state=state, code=outcome.code[:64], done_at=now if state == Refund.State.DONE else None, try_at=None
    )
    if not moved:
        return refund.state
    refund.state = state
    announce(refund)
    if state == Refund.State.REFUSED:
        with in_words_for_staff():
            note = _("refund %(number)s refused: %(code)s") % {"number": refund.out_request_no, "code": outcome.code}
        record(payment, before=payment.state, source="refund", note=note, alarm=True)
        return state
    before = payment.state
    payment.refunded += refund.amount
    payment.refunded_there = max(payment.refunded_there, payment.refunded)
    whole = payment.refunded >= payment.received
    payment.state = Payment.State.REFUNDED if whole else Payment.State.PART_REFUNDED
    payment.save(update_fields=["refunded", "refunded_there", "state"])
    book_refund(refund, payment=payment, order=locked.order)
    record(payment, before=before, source="refund", note=f"{refund.out_request_no}: {refund.amount}")
    if payment.paid_slot:
        _return_goods(locked.order, refund, over=whole)
    return state


def _return_goods(order: LockedOrder, refund: Refund, *, over: bool) -> None:
    """Note the refunded pieces, put them back into stock if so decided, and close an order of which nothing is left."""
    pieces = dict(refund.lines.values_list("order_line_id", "quantity"))
    for pk, quantity in pieces.items():
        OrderLine.objects.filter(pk=pk).update(refunded=F("refunded") + quantity)
    left = any(line.refunded < line.whole for line in OrderLine.objects.filter(order=order))
    if over or (order.state == Order.State.TO_SHIP and not left):
        close_refunded(order, by="refund", why=refund.out_request_no)
    if pieces and refund.goods == Refund.Goods.RESTOCK:
        restock(order, lines=pieces, by="refund")


def due_refunds(*, limit: int) -> list[tuple[int, str, str]]:
    """(primary key, state, gateway) of the refunds to send or to ask about now."""
    due = Refund.objects.filter(state__in=(Refund.State.READY, Refund.State.SENT), try_at__lte=timezone.now()).order_by(
        "try_at"
    )
    return list(due.values_list("pk", "state", "payment__gateway")[:limit])
