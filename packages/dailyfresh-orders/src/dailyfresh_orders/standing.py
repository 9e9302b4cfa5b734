"""What a buyer ordered already, as far as it bears on the next order."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from dailyfresh_core.amounts import NOTHING
from django.db.models import Case, Count, F, Max, Q, Sum, Value, When
from django.utils import timezone

from .conf import conf
from .models import Order, OrderLine

UNPAID = (Order.State.AWAITING_PAYMENT, Order.State.CANCELLING)
GONE = (Order.State.CANCELLED, Order.State.CLOSED)
ON_DELIVERY = Q(state__in=(Order.State.TO_SHIP, Order.State.SHIPPED), paid_at=None, total__gt=0)
"""Orders that were sent or are to be, though nobody paid yet: `paid_at` is set when the money is there."""
NONE = (0, NOTHING, 0)


class Standing:
    """One buyer's orders, of interest as far as they did not come to nothing: one statement, made when the first question is asked."""

    def __init__(self, user: Any, sku_ids: Iterable[str] = (), *, window: str | None = None) -> None:
        self.user = user
        self.sku_ids = list(sku_ids)
        self.window = window or None

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
        """As `sums`, of the `sku_ids`, ordered within the hours of PIECES."""
        return {(sku_id, sold_by): n for sku_id, sold_by, n, *_rest in self._rows if sku_id}

    @cached_property
    def _orders(self) -> Mapping[str, tuple[int, Decimal, int]]:
        return {what: (n, together, there) for sku_id, what, n, together, there, _last in self._rows if not sku_id}

    @cached_property
    def _rows(self) -> list[tuple[str, str, int, Decimal, int, int | None]]:
        """(SKU, what it was sold by, how many, 0, 0, 0), and of orders ("", what they wait for, how many, what they come to, how many of them
        in the window, the last turn)."""
        mine = Order.objects.filter(user=self.user).order_by()
        what = Case(
            When(state__in=GONE, then=Value("gone")),
            When(state__in=UNPAID, then=Value("unpaid")),
            When(ON_DELIVERY, then=Value("on_delivery")),
            default=Value(""),
        )
        orders = mine.values_list(Value(""), what).annotate(
            n=Count("pk"), together=Sum("total"), there=Count("pk", filter=Q(window=self.window)), last=Max("turn")
        )
        if not (conf.PIECES and self.sku_ids):
            return list(orders)
        since = timezone.now() - timedelta(hours=conf.PIECES[1])
        lines = OrderLine.objects.filter(order__user=self.user, order__placed_at__gt=since, sku_id__in=self.sku_ids)
        lines = lines.exclude(order__state__in=GONE)
        nothing = Sum(F("quantity") * 0)
        both = orders.union(summed(lines).annotate(together=nothing, there=nothing, last=nothing), all=True)
        return list(both.order_by())  # Django 6.1 would order the union as the model is


def sums(lines: Any) -> Mapping[tuple[str, str], int]:
    """(sku_id, what it was sold by) -> pieces, or grams: of goods whose measure changed neither is added to the other."""
    return {(sku_id, sold_by): n for sku_id, sold_by, n in summed(lines)}


def summed(lines: Any) -> Any:
    return lines.order_by().values_list("sku_id", "sold_by").annotate(n=Sum("quantity"))
