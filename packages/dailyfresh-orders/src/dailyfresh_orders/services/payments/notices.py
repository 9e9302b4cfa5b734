"""The log of what gateways delivered."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from ...gateways.base import Observation
from ...models import Notice


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
