"""Takes what was ordered off the basket: at once after the commit, and by the drain when that failed."""

from collections.abc import Mapping
from typing import Any

from ..joins import basket
from ..models import Order


def settle_basket(*, order: Order, user: Any, ordered: Mapping[str, int]) -> None:
    """Settle one order's basket (sku_id -> quantity); its number is the reference, so a repetition takes nothing twice."""
    shop = basket()
    if shop is not None:
        shop.settle(user, dict(ordered), order.number)
    Order.objects.filter(pk=order.pk).update(basket_due=None)


def settle_baskets(*, at_most: int = 500) -> int:
    """Settle what a killed process or an unreachable basket left; gives how many."""
    waiting = list(
        Order.objects.filter(basket_due=True).select_related("user").prefetch_related("lines").order_by("pk")[:at_most]
    )
    for order in waiting:
        ordered = {line.sku_id: line.quantity for line in order.lines.all()}
        if order.user is None:
            Order.objects.filter(pk=order.pk).update(basket_due=None)
        else:
            settle_basket(order=order, user=order.user, ordered=ordered)
    return len(waiting)
