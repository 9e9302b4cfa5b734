"""The stock of orders: what goes back to the shelf, once, and what was packed otherwise than ordered. Locked last of all."""

import logging
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import F

from ..checkout.quantities import measured_otherwise
from ..exceptions import OutOfStock, Shortage, StockMoved, StockShort
from ..models import Order, OrderLine
from ..signals import stock_changed
from ..stock import stock
from .locking import LockedOrder

logger: logging.Logger = logging.getLogger(__name__)
LOCKING = 9
"""The attempt in which every strategy takes the rows' lock at once: there is no further one."""


def taken(order: Order) -> dict[int, int]:
    """Primary key of the line -> how much of it is not back in stock."""
    return {line.pk: line.whole - line.restocked for line in order.lines.all() if line.whole > line.restocked}


def hold_still(lines: Iterable[OrderLine]) -> None:
    """Lock the stock of these lines until the transaction ends: what is taken of it meanwhile is taken afterwards."""
    counted = dict.fromkeys((line.sku_id for line in lines if line.counted), 0)
    if counted:
        strategy = stock()
        strategy.lock(strategy.keys(counted))


def give_back(order: LockedOrder, quantities: Mapping[int, int]) -> None:
    """Return stock of a locked order; `restocked` remembers it, so that no piece returns twice. What is not counted stays out.

    So does what is counted otherwise since: 750 g are no 750 pieces. Whoever keeps the stock is told by the log. Raises ValueError for more
    than was given.
    """
    found = {line.pk: line for line in order.lines.all()}
    returned: dict[str, int] = {}
    for pk, quantity in quantities.items():
        line = found.get(pk)
        if line is None or quantity < 1 or line.restocked + quantity > line.whole:
            raise ValueError(f"{quantity} pieces of line {pk} cannot go back into stock: order {order}")
        if line.counted:
            returned[line.sku_id] = returned.get(line.sku_id, 0) + quantity
    for pk, quantity in quantities.items():
        OrderLine.objects.filter(pk=pk).update(restocked=F("restocked") + quantity)
    _return(order, returned)


def correct_stock(
    order: LockedOrder, *, back: Mapping[str, int], more: Mapping[str, int], instead: Mapping[str, int]
) -> None:
    """Put the stock right by what was packed, each sku_id -> quantity: `back` is on the shelf still, `more` went into the box beyond what was
    ordered, `instead` in place of something else.

    What the books do not have of `more` is passed over, and logged: it was on the shelf, so the books were wrong before. Raises OutOfStock
    when there is not so much of `instead`, and everything is to be rolled back.
    """
    if changed := sorted({sku_id for each in (back, more, instead) for sku_id, n in each.items() if n}):
        stock_changed.send(Order, sku_ids=changed)
    if instead and not _took(instead):
        raise OutOfStock(stock().shortages(instead) or [Shortage(sku_id, n, 0) for sku_id, n in instead.items()])
    for sku_id, quantity in more.items():
        if quantity and not _took({sku_id: quantity}):
            logger.warning("Stock of %s was less than what was packed of it: order %s", sku_id, order)
    _return(order, {sku_id: quantity for sku_id, quantity in back.items() if quantity}, told=True)


def _took(quantities: Mapping[str, int]) -> bool:
    try:
        with transaction.atomic():
            stock().take(quantities, attempt=LOCKING)
    except (StockShort, StockMoved):
        return False
    return True


def _return(order: LockedOrder, returned: dict[str, int], *, told: bool = False) -> None:
    for sku_id in measured_otherwise(order.lines.all(), returned):
        logger.warning("Stock of %s stays as it is: order %s was sold by another measure", sku_id, order)
        del returned[sku_id]
    if not returned:
        return
    if not told:
        stock_changed.send(Order, sku_ids=list(returned))
    stock().give_back(returned)
