"""The one place where an observation of a gateway becomes money in the books."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dailyfresh_core.db.retrying import Busy, retried
from dailyfresh_core.metrics import counter, histogram
from dailyfresh_core.pricing.amounts import NOTHING
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ...conf import conf
from ...days import as_saved
from ...exceptions import UnknownTrade
from ...gateways.base import Observation, TradeState
from ...models import Payment, Refund
from ...signals import refund_ready
from ..books.booking import book_payment
from ..locking import LockedOrder, LockedPayment, lock_order, lock_payments
from ..transitions import mark_paid
from .ledger import give_all_back, in_words_for_staff, record

UNPAID = (Payment.State.PENDING, Payment.State.CLOSED)
HELD = (Payment.State.PAID, Payment.State.PART_REFUNDED)


class Step(StrEnum):
    NOTHING = "nothing"
    PAY = "pay"
    CLOSE = "close"
    DISPUTE = "dispute"
    GIVEN_BACK = "given_back"
    """Paid and refunded in full, at the gateway's own console."""
    CONTRADICTION = "contradiction"
    """Contrary to what is settled already: noted, alarmed, changes nothing."""


ALARMING = (Step.DISPUTE, Step.CONTRADICTION, Step.GIVEN_BACK)
UNWANTED = (Payment.State.LATE_PAID, Payment.State.DUPLICATE)
"""Money that pays nothing: it goes back."""

SETTLED = counter("settlements", "What gateways said, by what it did to the books.", ["gateway", "step"])
LAG = histogram(
    "settlement_lag_seconds", "From paid at the gateway to paid in the books.", (1, 2, 5, 10, 30, 60, 300, 3600)
)


@dataclass(frozen=True)
class Settlement:
    """What settling one observation did."""

    payment_id: int
    step: Step
    state: str


def next_step(payment: Payment, seen: Observation, *, now: datetime) -> tuple[Step, str]:
    """What an observation means for a payment, and why. Pure: it decides, `settle` does."""
    if seen.state in (TradeState.PAID, TradeState.FINISHED):
        wrong = _mismatch(payment, seen)
        if payment.state in UNPAID:
            return (Step.DISPUTE, wrong) if wrong else (Step.PAY, "")
        return (Step.CONTRADICTION, wrong) if wrong else (Step.NOTHING, "")
    if seen.state == TradeState.CLOSED:
        was_paid = seen.paid_at is not None and (seen.source == "query" or seen.refunded > 0)
        if payment.state == Payment.State.PENDING:
            if not was_paid:
                return Step.CLOSE, _("closed at the gateway")
            return Step.GIVEN_BACK, _("paid and refunded at the gateway before we heard of it")
        if payment.state in HELD and was_paid:
            return Step.GIVEN_BACK, _("refunded in full at the gateway")
        if payment.state in HELD:
            return Step.CONTRADICTION, _("closed without a refund, but it was paid")
    if seen.state == TradeState.NOT_FOUND and payment.state == Payment.State.PENDING and is_over(payment, now=now):
        return Step.CLOSE, _("never begun at the gateway")
    return Step.NOTHING, ""


def is_over(payment: Payment, *, now: datetime) -> bool:
    """Whether nobody can begin this payment any more, with a grace for clocks that differ."""
    return payment.expires_at is not None and payment.expires_at + timedelta(seconds=conf.PAY_GRACE_SECONDS) <= now


def _mismatch(payment: Payment, seen: Observation) -> str:
    if seen.currency != payment.currency:
        return _("currency %(seen)s instead of %(asked)s") % {"seen": seen.currency, "asked": payment.currency}
    if seen.amount is None:
        return _("an amount that cannot be read")
    if seen.amount != payment.amount:
        return _("amount %(seen)s instead of %(asked)s") % {"seen": seen.amount, "asked": payment.amount}
    if payment.trade_no and seen.trade_no and payment.trade_no != seen.trade_no:
        return _("trade %(seen)s instead of %(asked)s") % {"seen": seen.trade_no, "asked": payment.trade_no}
    return ""


def settle(seen: Observation, *, code: str) -> Settlement:
    """Bring the books up to what gateway `code` said, exactly once however often and from wherever it is said.

    Called by notify, query, sweeper and reconciliation alike, at the same instant if need be: the order is locked
    first, then its payments, and the state of the payment is the guard. Raises UnknownTrade for a number that is not
    ours, Busy when the database gave up five times; both mean that nothing was written. When this returns it is committed.
    """
    found = Payment.objects.filter(gateway=code, out_trade_no=seen.out_trade_no).values_list("pk", "order_id").first()
    if found is None:
        raise UnknownTrade(f"{code} speaks of {seen.out_trade_no}, which is not in the books")
    try:
        with in_words_for_staff():
            settled = _settle(*found, seen)
    except IntegrityError as error:
        # The unique columns are the backstop of what the locks rule out; the next observation finds the books as they are.
        raise Busy(f"Payment {seen.out_trade_no} met another one") from error
    SETTLED.labels(code, settled.step).inc()
    paid_at = as_saved(seen.paid_at)
    if settled.step is Step.PAY and paid_at is not None:
        LAG.observe(max(0.0, (timezone.now() - paid_at).total_seconds()))
    return settled


@retried
@transaction.atomic(durable=True)
def _settle(payment_id: int, order_id: int, seen: Observation) -> Settlement:
    order = lock_order(order_id)
    payments = lock_payments(order)
    payment = next(each for each in payments if each.pk == payment_id)
    before, had = payment.state, payment.received
    step, note = next_step(payment, seen, now=timezone.now())
    if step == Step.PAY and _belongs_to_another(payment, seen):
        step, note = Step.DISPUTE, _("trade %s has paid something else") % seen.trade_no
    if step == Step.GIVEN_BACK and _hasten_refunds(payment):
        # Our own refund did this, and it will say so itself.
        step, note = Step.NOTHING, ""
        changes = _given_back(payment, seen)
    elif step == Step.PAY:
        changes, note = _take(order, payment, payments, seen)
    else:
        changes = _changes(step, payment, seen)
    changes |= _also(payment, seen, step)
    changes = {field: value for field, value in changes.items() if getattr(payment, field) != value}
    _apply(changes, payment)
    gone = payment.received - payment.refunded if step == Step.GIVEN_BACK else NOTHING
    book_payment(payment, order=order, received=payment.received - had, given_back=gone)
    if payment.state != before or note:
        alarming = step in ALARMING or payment.state in UNWANTED
        record(payment, before=before, source=seen.source, note=note, alarm=alarming)
    if payment.state in UNWANTED and before in UNPAID:
        late = payment.state == Payment.State.LATE_PAID
        give_all_back(payment, kind=Refund.Kind.LATE if late else Refund.Kind.DUPLICATE)
    return Settlement(payment.pk, step, payment.state)


def _apply(changes: dict[str, object], payment: LockedPayment) -> None:
    # Locked already, where the database can lock; the compare-and-set is what holds where it cannot (SQLite).
    if changes and not Payment.objects.filter(pk=payment.pk, state=payment.state).update(**changes):
        raise Busy(f"Payment {payment.out_trade_no} moved meanwhile")
    for field, value in changes.items():
        setattr(payment, field, value)


def _changes(step: Step, payment: Payment, seen: Observation) -> dict[str, object]:
    """What a step other than PAY writes."""
    if step == Step.CLOSE:
        return {"state": Payment.State.CLOSED, "closed_at": timezone.now(), "ask_again_at": None}
    if step == Step.DISPUTE:
        received, paid_at = seen.amount or NOTHING, as_saved(seen.paid_at)
        return {"state": Payment.State.DISPUTED, "received": received, "paid_at": paid_at, "ask_again_at": None}
    if step == Step.GIVEN_BACK:
        return {"state": Payment.State.REFUNDED, **_given_back(payment, seen)}
    return {}


def _given_back(payment: Payment, seen: Observation) -> dict[str, object]:
    return {
        "received": payment.amount,
        "refunded_there": payment.amount,
        "paid_at": payment.paid_at or as_saved(seen.paid_at),
        "ask_again_at": None,
    }


def _take(
    order: LockedOrder, payment: LockedPayment, payments: list[LockedPayment], seen: Observation
) -> tuple[dict[str, object], str]:
    """The money is there: it pays the order, or it goes back."""
    paid_at = as_saved(seen.paid_at) or timezone.now()
    taken: dict[str, object] = {
        "received": payment.amount,
        "paid_at": paid_at,
        "buyer": seen.buyer,
        "ask_again_at": None,
    }
    if any(each.paid_slot for each in payments):
        return {**taken, "state": Payment.State.DUPLICATE}, _("the order is paid already; the money goes back")
    if mark_paid(order, paid_at=paid_at, by=payment.gateway):
        return {**taken, "state": Payment.State.PAID, "paid_slot": 1}, ""
    return {**taken, "state": Payment.State.LATE_PAID}, _("the order is over; the money goes back")


def _also(payment: Payment, seen: Observation, step: Step) -> dict[str, object]:
    """What an observation tells beside the step: the trade's number, its refunds, the end of its refund window."""
    if step == Step.CONTRADICTION:
        return {}
    more: dict[str, object] = {}
    if seen.trade_no and not payment.trade_no and not _belongs_to_another(payment, seen):
        more["trade_no"] = seen.trade_no
    if seen.state == TradeState.FINISHED:
        more["refundable"] = False
    if payment.refunded_there < seen.refunded <= payment.amount:
        more["refunded_there"] = seen.refunded
        _hasten_refunds(payment)
    return more


def _belongs_to_another(payment: Payment, seen: Observation) -> bool:
    others = Payment.objects.filter(gateway=payment.gateway, trade_no=seen.trade_no).exclude(pk=payment.pk)
    return bool(seen.trade_no) and others.exists()


def _hasten_refunds(payment: Payment) -> int:
    """The gateway told of a refund: ask about ours that are on their way now, not at their next turn."""
    hastened = Refund.objects.filter(payment=payment, state=Refund.State.SENT).update(try_at=timezone.now())
    if hastened:
        refund_ready.send(Payment, refund_id=None)
    return hastened
