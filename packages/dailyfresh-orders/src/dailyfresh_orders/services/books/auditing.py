"""Whether the sums of orders agree with what they are made of. It repairs nothing: somebody has to know why."""

import logging
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from dailyfresh_core.db.rows import in_portions
from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.pricing.measures import amount

from ...days import bounds
from ...models import Adjustment, Order, OrderLine

logger: logging.Logger = logging.getLogger(__name__)
PORTION = 500
"""Orders in memory at once."""


def disagreements(order: Order) -> list[str]:
    """What of an order does not add up, by its lines and adjustments; nothing when all does."""
    kind = Adjustment.Kind
    lines, added = order.lines.all(), order.adjustments.all()
    sums = [
        ("goods_total", order.goods_total, sum((line.amount for line in lines if line.main_slot), NOTHING)),
        ("discount", order.discount, _sum(added, kind.DISCOUNT)),
        ("fees", order.fees, _sum(added, kind.FEE)),
        ("freight", order.freight, _sum(added, kind.FREIGHT)),
        ("total", order.total, order.goods_total + order.discount + order.fees + order.freight),
    ]
    if order.settled_total is not None:
        sums.append(("settled_total", order.settled_total, order.total + _sum(added, kind.SETTLEMENT)))
    for line in lines:
        of_line = [each for each in added if each.line_id == line.pk]
        sums += [
            (f"{line}: amount", line.amount, _worth(line)),
            (f"{line}: fees", line.fees, _sum(of_line, kind.FEE)),
        ]
        if line.main_slot:
            sums.append((f"{line}: discount", line.discount, _sum(of_line, kind.DISCOUNT)))
        else:  # what it costs more than what it was given for is the shop's
            sums.append((f"{line}: payable", line.payable, _sum(of_line, kind.SETTLEMENT)))
    return [f"{what} is {written}, and comes to {right}" for what, written, right in sums if written != right]


def audit(*, day: date) -> int:
    """Log, as errors, the orders placed on a day that do not add up; gives how many."""
    begin, end = bounds(day)
    orders = Order.objects.filter(placed_at__gte=begin, placed_at__lt=end).prefetch_related("lines", "adjustments")
    wrong = 0
    for order in in_portions(orders, PORTION):
        if found := disagreements(order):
            logger.error("Order %s does not add up: %s", order, "; ".join(found))
            wrong += 1
    return wrong


def _worth(line: OrderLine) -> Decimal:
    """Gross, as it was agreed; what was given in place of something was on the scale first."""
    return amount(line.unit_price, line.quantity, line, grams=None if line.main_slot else line.actual_grams)


def _sum(added: Iterable[Adjustment], kind: str) -> Decimal:
    return sum((each.amount for each in added if each.kind == kind), NOTHING)
