"""Taking what was ordered off the basket: after the commit, and by the drain when that came to nothing."""

import logging
from collections.abc import Mapping

from dailyfresh_core.background.outbox import work_off
from dailyfresh_core.db.statements import Table, changed
from django.db import router

from ...joins import basket
from ...models import Order

logger: logging.Logger = logging.getLogger(__name__)


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
    placed = Table(Order, using=router.db_for_write(Order))
    changed(f"UPDATE {placed} SET {placed['basket_due']} = NULL WHERE {placed.id} = %s", [order.pk], of=Order)  # noqa: S608 - the names are quoted
    order.basket_due = None
    return True


def settle_baskets(*, seconds: float = 20.0, at_most: int = 500) -> int:
    """Settle what a killed process or an unreachable basket left; gives how many. Begins nothing new after `seconds`."""

    def settle(order: Order) -> bool:
        return settle_quietly(order=order, ordered={line.sku_id: line.wanted for line in order.lines.all()})

    # In random order those that fail for ever cannot gather in front of the others.
    due = Order.objects.filter(basket_due=True).select_related("user").prefetch_related("lines").order_by("?")
    return work_off(due[:at_most], settle, seconds=seconds).done
