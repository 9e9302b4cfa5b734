"""Giving back what an order costs less than was paid, since something of it was agreed anew: nobody asks for it, and no parcel waits for it."""

from decimal import Decimal

from dailyfresh_core.pricing.amounts import NOTHING
from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise

from ...models import Refund
from ..locking import LockedOrder, lock_payments
from .ledger import announce
from .refundable import lock_refundable


def return_difference(order: LockedOrder, amount: Decimal, *, key: str, reason: Promise) -> Decimal:
    """Write the refund of so much, or of what is left of the money, in the caller's transaction; gives how much that is.

    `key` is the same for the same difference: twice is once. Raises RefundImpossible. The gateway hears of it after the commit.
    """
    left = lock_refundable(order, lock_payments(order))
    number = f"{left.payment.out_trade_no}_{key}"[:64]
    for refund in left.refunds:
        if refund.out_request_no == number:
            return refund.amount
    amount = min(amount, left.money)
    if amount <= NOTHING:
        return NOTHING
    with translation.override(order.language or settings.LANGUAGE_CODE):  # the buyer reads it, whoever packed
        why = str(reason)[:200]
    now = timezone.now()
    refund = Refund.objects.create(
        payment=left.payment,
        out_request_no=number,
        kind=Refund.Kind.SETTLEMENT,
        state=Refund.State.READY,
        amount=amount,
        reason=why,
        decided_at=now,
        try_at=now,
    )
    announce(refund)
    return amount
