"""What every payment service does with the rows: lock them in one order, write the log, raise alarms."""

import logging
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ...models import Order, Payment, PaymentLog
from ...signals import payment_disputed

logger = logging.getLogger(__name__)
NOTHING = Decimal("0.00")


def locked_books(order_id: int) -> tuple[Order, list[Payment]]:
    """The order and all its payments, locked in this order.

    These must be the first statements of a transaction: under REPEATABLE READ an earlier plain read would fix a
    snapshot, and what is read beside the locked rows would be old.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    return order, list(Payment.objects.select_for_update().filter(order_id=order_id).order_by("pk"))


def record(payment: Payment, *, before: str, source: str, note: str = "", alarm: bool = False) -> None:
    """Write what happened to a locked payment; an alarm is also logged and sent as a signal after the commit."""
    PaymentLog.objects.create(
        payment=payment, source=source[:32], before=before, after=payment.state, note=note[:255], alarm=alarm
    )
    if alarm:
        logger.error("Payment %s needs a look: %s", payment.out_trade_no, note)
        pk = payment.pk
        transaction.on_commit(lambda: payment_disputed.send_robust(Payment, payment_id=pk, note=note), robust=True)


def stored(moment: datetime | None) -> datetime | None:
    """An aware time as this site's database keeps times (naive when USE_TZ is off)."""
    return moment if moment is None or settings.USE_TZ else timezone.make_naive(moment, timezone.get_default_timezone())


def aware(moment: datetime | None) -> datetime | None:
    """A time from the database with its zone."""
    if moment is None or timezone.is_aware(moment):
        return moment
    return timezone.make_aware(moment, timezone.get_default_timezone())
