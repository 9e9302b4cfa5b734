"""What is written down and told about payments and refunds: logs, alarms, messages of gateways, signals."""

import logging
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation

from ...gateways.base import Observation
from ...models import Message, Notice, Payment, PaymentLog, Refund
from ...signals import payment_disputed, refund_moved, refund_ready
from ..messages.telling import tell

logger: logging.Logger = logging.getLogger(__name__)

TOLD: dict[str, str] = {
    Refund.State.ASKED: Message.Event.REFUND_ASKED,
    Refund.State.DECLINED: Message.Event.REFUND_DECLINED,
    Refund.State.DONE: Message.Event.REFUNDED,
}
"""State of a refund -> what people are told of it; one that the gateway refused is an alarm of its payment."""


def in_words_for_staff() -> Any:
    """A context in which notes are written in the site's language, as messages to its staff are, whoever's request or worker it is."""
    return translation.override(settings.LANGUAGE_CODE)


def record(payment: Payment, *, before: str, source: str, note: str = "", alarm: bool = False) -> None:
    """Write what happened to a locked payment; an alarm is also logged and sent as a signal after the commit.

    One that changes nothing and says what was said before is no news: a gateway delivers its messages again and again.
    """
    if alarm and payment.state == before and payment.log.filter(alarm=True, note=note[:255]).exists():
        return
    PaymentLog.objects.create(
        payment=payment, source=source[:32], before=before, after=payment.state, note=note[:255], alarm=alarm
    )
    if alarm:
        logger.error("Payment %s needs a look: %s", payment.out_trade_no, note)
        tell(Message.Event.DISPUTE, order=payment.order, payment=payment, note=note)
        pk = payment.pk
        transaction.on_commit(lambda: payment_disputed.send_robust(Payment, payment_id=pk, note=note), robust=True)


def announce(refund: Refund) -> None:
    """Tell of a refund's state after the commit, and wake the drain when it may go out."""
    pk, state = refund.pk, refund.state
    if state in TOLD:
        tell(TOLD[state], order=refund.payment.order, refund=refund)
    if state == Refund.State.READY:
        refund_ready.send(Refund, refund_id=pk)
    transaction.on_commit(lambda: refund_moved.send_robust(Refund, refund_id=pk, state=state), robust=True)


def give_all_back(payment: Payment, *, kind: str, by: Any = None) -> Refund:
    """Write the refund of all the money that came in under a payment; its number is fixed, so that there is one."""
    now = timezone.now()
    refund, made = Refund.objects.get_or_create(
        payment=payment,
        out_request_no=f"{payment.out_trade_no}_back",
        defaults={
            "kind": kind,
            "state": Refund.State.READY,
            "amount": payment.received,
            "whole": True,
            "decided_by": by,
            "decided_at": now,
            "try_at": now,
        },
    )
    if made:
        announce(refund)
    return refund


def keep_notice(seen: Observation, *, code: str, outcome: str) -> None:
    """Write down a verified notify, or count its redelivery. After settling, and apart from it: this guards nothing."""
    now = timezone.now()
    event = (seen.event or f"{seen.out_trade_no}.{seen.state.value}")[:64]
    with transaction.atomic():
        if Notice.objects.filter(gateway=code, event=event).update(times=F("times") + 1, last_at=now):
            return
    summary = f"{seen.state.value} {seen.amount} {seen.buyer}".strip()
    if seen.refunded:
        summary += f", refunded {seen.refunded} {seen.refund_no}"
    try:
        with transaction.atomic():
            Notice.objects.create(
                gateway=code,
                event=event,
                out_trade_no=seen.out_trade_no,
                summary=summary[:255],
                outcome=outcome,
                first_at=now,
                last_at=now,
            )
    except IntegrityError:  # delivered twice at the same instant
        Notice.objects.filter(gateway=code, event=event).update(times=F("times") + 1, last_at=now)
