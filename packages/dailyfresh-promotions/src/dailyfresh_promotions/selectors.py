"""What the pages read: the coupon centre, a wallet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from .display import offer_texts
from .exceptions import BadParams
from .models import Batch, BatchCount, Coupon

CENTRE = 60
"""Batches that the coupon centre shows at most, the newest first."""


@dataclass(frozen=True)
class Shown:
    """A batch in the coupon centre, as one visitor sees it."""

    batch: Batch
    text: str
    left: int | None
    """Coupons that are left; None: any number."""
    had: bool
    """Whether the visitor has as many as one may have."""


def centre(user: Any, at: datetime) -> list[Shown]:
    """Batches that may be claimed now; `user` is None for a visitor. Three statements at most."""
    good = Q(ends=None) | Q(ends__gt=at)
    batches = list(Batch.objects.filter(good, active=True, shown=True)[:CENTRE])
    issued = dict(BatchCount.objects.filter(batch__in=batches).values_list("batch_id", "issued"))
    had: dict[int, int] = {}
    if user is not None:
        mine = Coupon.objects.filter(batch__in=batches, user=user).order_by()
        had = dict(mine.values_list("batch_id").annotate(n=Count("pk")))
    return [
        Shown(
            batch,
            text,
            None if batch.total is None else max(batch.total - issued.get(batch.pk, 0), 0),
            had.get(batch.pk, 0) >= batch.per_user,
        )
        for batch in batches
        if (text := text_of(batch))
    ]


def tabs(at: datetime) -> dict[str, Q]:
    """Tab of a wallet -> the coupons in it: usable now or later, used or in an order, over or void."""
    gone = Q(state=Coupon.State.FREE, ends__lte=at)
    return {
        "usable": Q(state=Coupon.State.FREE) & (Q(ends=None) | Q(ends__gt=at)),
        "used": Q(state__in=[Coupon.State.HELD, Coupon.State.USED]),
        "over": gone | Q(state=Coupon.State.VOID),
    }


def coupons_of(user: Any, tab: str, at: datetime) -> "QuerySet[Coupon]":
    """A user's coupons in a tab: what ends first before the others while it is usable, else the newest first."""
    order = [F("ends").asc(nulls_last=True), "pk"] if tab == "usable" else ["-pk"]
    return Coupon.objects.filter(tabs(at)[tab], user=user).select_related("batch").order_by(*order)


def counts_of(user: Any, at: datetime) -> dict[str, int]:
    """Tab -> how many coupons are in it; one statement."""
    asked = {tab: Count("pk", filter=its) for tab, its in tabs(at).items()}
    return Coupon.objects.filter(user=user).order_by().aggregate(**asked)


def text_of(batch: Batch) -> str:
    """What its coupons give, in the language of the moment; "" where the batch cannot be read."""
    try:
        benefit, _goods = batch.benefit(), batch.goods()
    except BadParams:
        return ""
    return batch.said.label or offer_texts.written(benefit)
