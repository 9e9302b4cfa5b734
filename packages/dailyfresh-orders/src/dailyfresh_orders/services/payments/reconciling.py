"""Comparing a day's books with what the gateway says, and putting right what can be."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from dailyfresh_core.pricing.amounts import NOTHING
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ...days import bounds
from ...gateways import gateway
from ...gateways.base import Observation, Outcome, TradeState
from ...models import Difference, Payment, Reconciliation, Refund
from .paying_back import conclude
from .settling import settle

THEIRS: dict[TradeState, frozenset[str]] = {
    TradeState.NOT_FOUND: frozenset({Payment.State.PENDING, Payment.State.CLOSED}),
    TradeState.WAITING: frozenset({Payment.State.PENDING}),
    TradeState.PAID: frozenset(
        {Payment.State.PAID, Payment.State.PART_REFUNDED, Payment.State.LATE_PAID, Payment.State.DUPLICATE}
    ),
    TradeState.FINISHED: frozenset(
        {Payment.State.PAID, Payment.State.PART_REFUNDED, Payment.State.LATE_PAID, Payment.State.DUPLICATE}
    ),
    TradeState.CLOSED: frozenset({Payment.State.CLOSED, Payment.State.REFUNDED}),
}
"""What a gateway says -> the states of ours that agree with it."""


def reconcile(*, day: date, code: str) -> Reconciliation:
    """Ask gateway `code` about every payment and refund of a day, and write down where the books differ.

    Payments count to the day on which they were begun or paid, refunds to the day on which they were sent. What the
    gateway says is settled on the way, so that a notify that never came does its work now. Running it again replaces
    the day's report. Takes a question per payment: for a command, not for a request.
    """
    begin, end = bounds(day)
    report = Reconciliation(gateway=code, day=day, made_at=timezone.now())
    found: list[Difference] = []
    of_day = Q(created_at__gte=begin, created_at__lt=end) | Q(paid_at__gte=begin, paid_at__lt=end)
    for payment in Payment.objects.filter(of_day, gateway=code).order_by("pk").iterator(chunk_size=200):
        seen = gateway(code).query(payment.out_trade_no)
        report.checked += 1
        if seen.state == TradeState.UNKNOWN:
            report.unanswered += 1
            continue
        differing = list(_differences(payment, seen))
        if differing:
            settle(seen, code=code)
            payment.refresh_from_db()
            still = {each.what for each in _differences(payment, seen)}
            for each in differing:
                each.repaired = each.what not in still
        found += differing
        if payment.paid_at and begin <= payment.paid_at < end:
            report.received += payment.received
    sent = Refund.objects.filter(payment__gateway=code, sent_at__gte=begin, sent_at__lt=end).select_related("payment")
    for refund in sent.order_by("pk").iterator(chunk_size=200):
        if difference := _compare_refund(refund):
            found.append(difference)
        if refund.state == Refund.State.DONE:
            report.refunded += refund.amount
    return _kept(report, found)


@transaction.atomic
def _kept(report: Reconciliation, found: list[Difference]) -> Reconciliation:
    Reconciliation.objects.filter(gateway=report.gateway, day=report.day).delete()
    report.save()
    for difference in found:
        difference.reconciliation = report
    Difference.objects.bulk_create(found)
    return report


def _differences(payment: Payment, seen: Observation) -> Iterator[Difference]:
    if payment.state not in THEIRS[seen.state] and payment.state != Payment.State.DISPUTED:
        yield Difference(payment=payment, what="state", ours=payment.state, theirs=seen.state.value)
    if payment.state == Payment.State.DISPUTED:
        yield Difference(payment=payment, what="dispute", ours=payment.state, theirs=seen.state.value)
    if seen.amount is not None and seen.amount != payment.amount:
        yield Difference(payment=payment, what="amount", ours=_money(payment.amount), theirs=_money(seen.amount))
    if payment.trade_no and seen.trade_no and payment.trade_no != seen.trade_no:
        yield Difference(payment=payment, what="trade", ours=payment.trade_no, theirs=seen.trade_no)


def _compare_refund(refund: Refund) -> Difference | None:
    """What our refund and the gateway's disagree on; one of unknown outcome is booked on the way."""
    outcome = gateway(refund.payment.gateway).query_refund(refund.payment.out_trade_no, refund.out_request_no)
    theirs = f"{outcome.outcome.value} {outcome.code}".strip()
    ours = refund.state
    if outcome.outcome == Outcome.DONE and ours == Refund.State.SENT:
        conclude(refund, outcome)
        refund.refresh_from_db()
        repaired = refund.state == Refund.State.DONE
        return Difference(
            payment=refund.payment, what=_refund_name(refund), ours=ours, theirs=theirs, repaired=repaired
        )
    agrees = {
        Outcome.DONE: ours == Refund.State.DONE,
        Outcome.REFUSED: ours != Refund.State.DONE,
        Outcome.UNKNOWN: True,
    }
    if agrees[outcome.outcome]:
        return None
    return Difference(payment=refund.payment, what=_refund_name(refund), ours=ours, theirs=theirs)


def _refund_name(refund: Refund) -> str:
    return f"refund …{refund.out_request_no[-20:]}"


def _money(amount: Decimal) -> str:
    return f"{amount or NOTHING:.2f}"
