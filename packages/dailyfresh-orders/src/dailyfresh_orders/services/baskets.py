"""Takes what was ordered off the basket: at once after the commit, and by the drain when that failed."""

import logging
from collections.abc import Mapping

from ..joins import basket
from ..models import Order

logger = logging.getLogger(__name__)


def settle_quietly(*, order: Order, ordered: Mapping[str, int]) -> bool:
    """Settle one order's basket (sku_id -> quantity) and remember it; False, and logged, when the basket is away.

    The order's number is the reference, so a repetition takes nothing twice. An order whose buyer is gone has no basket.
    """
    shop = basket()
    try:
        if shop is not None and order.user is not None:
            shop.settle(order.user, dict(ordered), order.number)
    except Exception:
        logger.exception("The basket of order %s could not be settled; the drain will try again", order)
        return False
    Order.objects.filter(pk=order.pk).update(basket_due=None)
    order.basket_due = None
    return True


def settle_baskets(*, at_most: int = 500) -> int:
    """Settle what a killed process or an unreachable basket left; gives how many."""
    due = Order.objects.filter(basket_due=True).select_related("user").prefetch_related("lines").order_by("pk")
    waiting = list(due[:at_most])
    return sum(
        settle_quietly(order=order, ordered={line.sku_id: line.quantity for line in order.lines.all()})
        for order in waiting
    )
