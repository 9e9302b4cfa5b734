"""What a buyer ordered already, as far as it bears on what they order next."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from dailyfresh_core.db.statements import SOMEBODY, Made, Table, asked, places, stored
from dailyfresh_core.pricing.amounts import NOTHING
from django.db.models import Count, Max, Q
from django.utils import timezone

from ..conf import conf
from ..models import Order, OrderLine

UNPAID = (Order.State.AWAITING_PAYMENT, Order.State.CANCELLING)
GONE = (Order.State.CANCELLED, Order.State.CLOSED)
CARRIED = (Order.State.TO_SHIP, Order.State.SHIPPED)
ON_DELIVERY = Q(state__in=CARRIED, paid_at=None, total__gt=0)
"""Orders that were sent or are to be, though nobody paid yet: `paid_at` is set when the money is there."""
NONE = (0, NOTHING, 0)


class Standing:
    """One buyer's orders, of interest as far as they did not come to nothing: one statement, made when the first question is asked."""

    def __init__(self, user: Any, sku_ids: Iterable[str] = (), *, window: str | None = None) -> None:
        self.user = user
        self.sku_ids: list[str] = list(sku_ids)
        self.window: str | None = window or None

    @property
    def first(self) -> bool:
        """Whether the next order is their first."""
        return not self._orders.keys() - {"gone"}

    @property
    def turn(self) -> int | None:
        """What `Order.turn` is of the next order, which nobody else can be then; None where nothing was asked, and nothing depends on it."""
        if "_rows" not in vars(self):
            return None
        return 1 + max((last or 0 for *_rest, last in self._rows), default=0)

    @property
    def unpaid(self) -> int:
        return self._orders.get("unpaid", NONE)[0]

    @property
    def on_delivery(self) -> tuple[int, Decimal]:
        """(orders that are paid on delivery and are not yet, what they come to)."""
        return self._orders.get("on_delivery", NONE)[:2]

    @property
    def in_window(self) -> int:
        """Orders that come in the `window` and are not paid yet, online or on delivery."""
        return sum(self._orders.get(what, NONE)[2] for what in ("unpaid", "on_delivery"))

    @property
    def pieces(self) -> Mapping[tuple[str, str], int]:
        """As `held_of`, of the `sku_ids`, ordered within the hours of PIECES."""
        return {(sku_id, sold_by): n for sku_id, sold_by, n, *_rest in self._rows if sku_id}

    @cached_property
    def _orders(self) -> Mapping[str, tuple[int, Decimal, int]]:
        return {what: (n, together, there) for sku_id, what, n, together, there, _last in self._rows if not sku_id}

    @cached_property
    def _rows(self) -> list[tuple[str, str, int, Decimal, int, int | None]]:
        """(SKU, what it was sold by, how many, 0, 0, None), and of orders ("", what they wait for, how many, what they come to, how many of them
        in the window, the last turn)."""
        # None, which no row equals, of a buyer who is gone.
        whose = stored(Order, "user", getattr(self.user, "pk", None))
        sql, values = _of_orders(), [*GONE, *UNPAID, *CARRIED, self.window, whose]
        if conf.PIECES and self.sku_ids:
            since = stored(Order, "placed_at", timezone.now() - timedelta(hours=conf.PIECES[1]))
            sql += _of_lines(len(self.sku_ids))
            values += [whose, since, *GONE, *self.sku_ids]
        rows = asked(sql, values, of=Order)
        return [
            (sku_id, what, int(n), Decimal(str(together)).quantize(NOTHING), int(there), last)
            for sku_id, what, n, together, there, last in rows
        ]


@cache
def _of_orders() -> str:
    """Of one buyer's orders, by what they wait for."""
    placed = Table(Order)
    return f"""SELECT '' AS sku_id, CASE WHEN {placed.state} IN ({places(GONE)}) THEN 'gone' WHEN {placed.state} IN ({places(UNPAID)}) THEN 'unpaid'
            WHEN {placed.paid_at} IS NULL AND {placed.state} IN ({places(CARRIED)}) AND {placed.total} > 0 THEN 'on_delivery' ELSE '' END AS what,
            COUNT(*), SUM({placed.total}), COUNT(CASE WHEN {placed.window} = %s THEN 1 END), MAX({placed.turn})
        FROM {placed} WHERE {placed.user} = %s GROUP BY what"""  # noqa: S608 - the names are quoted


@cache
def _of_lines(how_many: int) -> str:
    """Beside them, of these goods, what was ordered within some hours and did not come to nothing."""
    placed, line = Table(Order), Table(OrderLine)
    return f""" UNION ALL SELECT {line.sku_id}, {line.sold_by}, SUM({line.quantity}), 0, 0, NULL FROM {line} JOIN {placed} ON {placed.id} = {line.order}
        WHERE {placed.user} = %s AND {placed.placed_at} > %s AND {placed.state} NOT IN ({places(GONE)})
            AND {line.sku_id} IN ({places(range(how_many))}) GROUP BY {line.sku_id}, {line.sold_by}"""  # noqa: S608


def held_of(sku_ids: Iterable[str], *, online: bool) -> Mapping[tuple[str, str], int]:
    """(sku_id, what it was sold by) -> pieces, or grams, in all orders that wait for payment, or that are paid on delivery and are not yet: of goods
    whose measure changed neither is added to the other. One statement."""
    those = list(sku_ids)
    rows = asked(_held(len(those), online), [*(UNPAID if online else CARRIED), *those], of=Order)
    return {(sku_id, sold_by): int(n) for sku_id, sold_by, n in rows}


@cache
def _held(how_many: int, online: bool) -> str:
    placed, line = Table(Order), Table(OrderLine)
    states = UNPAID if online else CARRIED
    unpaid = "" if online else f"AND {placed.paid_at} IS NULL AND {placed.total} > 0"
    return f"""SELECT {line.sku_id}, {line.sold_by}, SUM({line.quantity}) FROM {line} JOIN {placed} ON {placed.id} = {line.order}
        WHERE {placed.state} IN ({places(states)}) {unpaid} AND {line.sku_id} IN ({places(range(how_many))})
        GROUP BY {line.sku_id}, {line.sold_by}"""  # noqa: S608


def usual_of(user: Any, *, at_most: int = 12) -> list[str]:
    """The sku_ids that the user orders most often, the latest first among equals; one statement. What was cancelled does not count."""
    return [sku_id for sku_id, *_rest in _usual(at_most).values(stored(Order, "user", user.pk))]


@cache
def _usual(at_most: int) -> Made:
    """Made once, for every cart asks: to build it takes the ORM longer than the database to answer it."""
    lines = OrderLine.objects.filter(order__user=SOMEBODY).exclude(
        order__state__in=(Order.State.CANCELLED, Order.State.CANCELLING)
    )
    often = lines.order_by().values("sku_id").annotate(n=Count("order", distinct=True), last=Max("order__placed_at"))
    return Made(
        often.order_by("-n", "-last", "sku_id")[:at_most].values_list("sku_id", "n", "last"),
        stored(Order, "user", SOMEBODY),
    )
