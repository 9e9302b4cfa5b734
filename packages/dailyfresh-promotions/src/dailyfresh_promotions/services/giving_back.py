"""What an order had taken becomes used, or goes back: once, whoever asks and however often."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ..models import Batch, Coupon, Redemption
from .counting import lowered

CODES = ("unpaid", "cancelled", "shop", "refunded_before", "refunded_after")
"""Why something goes back: nobody paid, the buyer cancelled; the shop cancelled, all was refunded before it was sent, or after."""


def mark_used(reference: str) -> None:
    """The order is paid for."""
    Redemption.objects.filter(reference=reference, state=Redemption.State.HELD).update(state=Redemption.State.USED)
    Coupon.objects.filter(reference=reference, state=Coupon.State.HELD).update(state=Coupon.State.USED)


def give_back(reference: str, *, why: str) -> None:
    """Limits, budgets and pieces fall and coupons are free again, as far as the reason lets. Raises ValueError for another one."""
    if why not in CODES:
        raise ValueError(f"{why!r} is none of {', '.join(CODES)}")
    if why == "refunded_after":  # the offers were had; only coupons that say so come back
        _free(reference, why)
        return
    rows = list(Redemption.objects.filter(reference=reference, state__in=Redemption.OPEN))
    released = Redemption.objects.filter(pk__in=[row.pk for row in rows], state__in=Redemption.OPEN)
    if not rows or not released.update(state=Redemption.State.RELEASED):
        return
    if any(row.coupon_id for row in rows):
        _free(reference, why)
    # What one SKU's pieces took off is not counted: only of a whole offer money falls.
    if less := {int(limit): (number, row.amount) for row in rows for limit, number in row.counts.items()}:
        lowered(less)


def _free(reference: str, why: str) -> None:
    """The coupons of an order, by what their batches say: free again, or used for good. One that was made void stays void, as does one of a voided batch."""
    now = timezone.now()
    coupons = Coupon.objects.filter(reference=reference, state__in=(Coupon.State.HELD, Coupon.State.USED))
    for coupon in coupons.select_related("batch").order_by("pk"):
        batch, ends = coupon.batch, coupon.ends
        if why not in ("unpaid", "cancelled"):
            if not _returns(batch, why):
                coupons.filter(pk=coupon.pk).update(state=Coupon.State.USED)
                continue
            ends = ends and max(ends, now + timedelta(days=batch.grace_days))
        state = Coupon.State.VOID if batch.voided else Coupon.State.FREE
        coupons.filter(pk=coupon.pk).update(state=state, reference="", ends=ends)


def _returns(batch: Batch, why: str) -> bool:
    if batch.returns == Batch.Returns.BEFORE_SHIPPING:
        return why != "refunded_after"
    return batch.returns == Batch.Returns.WHOLE


def forget(user: Any) -> None:
    """An account that is erased: its coupons are void, its uses stay counted under nobody. Uses first, as orders take and give back."""
    Redemption.objects.filter(user=user).update(user=None)
    Coupon.objects.filter(Q(state=Coupon.State.FREE) | Q(state=Coupon.State.HELD), user=user).update(
        state=Coupon.State.VOID
    )
    Coupon.objects.filter(user=user).update(user=None)
