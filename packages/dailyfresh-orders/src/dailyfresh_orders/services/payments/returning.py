"""Returns that nobody has to decide: small, with a picture, and only so many a month for one buyer."""

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ...conf import conf
from ...days import today
from ...gateways import by_hand
from ...models import Order, Refund


def paid_at_once(refund: Refund, *, order: Order, by: Any) -> bool:
    """Approve a request that has a picture, of at most RETURN_AT_ONCE, as one of the buyer's RETURNS_A_MONTH; else False, for staff to decide.

    Must be called in the request's own transaction, under the order's lock. The number in the row is what counts, not a count: of two
    requests at one moment for the buyer's last one, the second waits for staff.
    """
    limit = conf.RETURN_AT_ONCE
    if by_hand(refund.payment.gateway):  # somebody has to hand it over
        return False
    if limit is None or by is None or order.state == Order.State.TO_SHIP or refund.amount > Decimal(limit):
        return False
    now = timezone.now()
    for number in range(1, conf.RETURNS_A_MONTH + 1):
        place = f"{by.pk} {today():%Y-%m} {number}"
        changes = {"state": Refund.State.READY, "decided_at": now, "try_at": now, "at_once": place}
        try:
            with transaction.atomic():
                Refund.objects.filter(pk=refund.pk).update(**changes)
        except IntegrityError:
            continue
        for field, value in changes.items():
            setattr(refund, field, value)
        return True
    return False
