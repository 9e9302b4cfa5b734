"""The figures of the sales dashboard, from sums of days that are over and from indexes for the rest.

Sales count when they are paid, what is paid on delivery when it is received: what is cancelled never counts, and what is given back later is
a refund of its own day (`books`). Goods count when they are ordered.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from dailyfresh_core.pricing.amounts import NOTHING
from django.db.models import Case, Count, F, IntegerField, Max, Min, QuerySet, Sum, Value, When

from ..conf import conf
from ..days import bounds, today
from ..models import Booking, Order, OrderLine, OrderLog, SalesDay, SalesDaySku
from ..stock import stock

PIECES = Case(When(sold_by=OrderLine.By.WEIGHT, then=Value(1)), default=F("quantity"), output_field=IntegerField())
"""What a line counts for among the pieces sold: what was weighed is one."""


@dataclass(frozen=True)
class Day:
    day: date
    orders: int = 0
    turnover: Decimal = NOTHING
    placed: int = 0
    shipped: int = 0
    received: int = 0
    done: int = 0

    @property
    def average(self) -> Decimal:
        return _average(self.turnover, self.orders)


@dataclass(frozen=True)
class Top:
    name: str
    unit: str
    quantity: int
    amount: Decimal


@dataclass(frozen=True)
class Figures:
    """Sales between two days, both included; `days` has every day, oldest first."""

    since: date
    until: date
    days: tuple[Day, ...]
    top: tuple[Top, ...]
    low_stock: tuple[tuple[str, int], ...]

    @property
    def orders(self) -> int:
        return sum(day.orders for day in self.days)

    @property
    def funnel(self) -> tuple[tuple[str, int, Decimal], ...]:
        """(step, orders that took it in the time, per cent of those placed in the time), from placing to the end."""
        placed = sum(day.placed for day in self.days)
        steps = {
            "placed": placed,
            "paid": self.orders,
            "shipped": sum(day.shipped for day in self.days),
            "received": sum(day.received for day in self.days),
            "done": sum(day.done for day in self.days),
        }
        return tuple(
            (step, n, (Decimal(100) * n / placed if placed else NOTHING).quantize(Decimal("0.1")))
            for step, n in steps.items()
        )

    @property
    def turnover(self) -> Decimal:
        return sum((day.turnover for day in self.days), NOTHING)

    @property
    def average(self) -> Decimal:
        return _average(self.turnover, self.orders)


def figures(since: date, until: date) -> Figures:
    """What was sold from `since` to `until`: the sums of closed days, and what is still open from indexes."""
    latest = SalesDay.objects.aggregate(day=Max("day"))["day"]
    first_open = since if latest is None else max(since, latest + timedelta(days=1))
    last_open = min(until, today())
    closed = {
        row.day: Day(row.day, row.orders, row.turnover, row.placed, row.shipped, row.received, row.done)
        for row in SalesDay.objects.filter(day__range=(since, until))
    }
    days = []
    for n in range((until - since).days + 1):
        day = since + timedelta(days=n)
        still_open = first_open <= day <= last_open
        days.append(day_sold(day) if still_open else closed.get(day, Day(day)))
    return Figures(
        since=since,
        until=until,
        days=tuple(days),
        top=_top(since, until, first_open, last_open),
        low_stock=tuple(stock().low(conf.LOW_STOCK, 10)) if conf.STOCK is not None else (),
    )


def skus_sold(since: date, until: date, skus: Collection[str] | None = None) -> dict[str, Top]:
    """sku_id -> what was sold of it (None: of all) on these days, both included, read from the lines in one statement."""
    lines = _lines(since, until) if skus is None else _lines(since, until).filter(sku_id__in=skus)
    sums = lines.values_list("sku_id").annotate(
        a=Min("name"), b=Min("unit"), c=Sum(PIECES), d=Sum(F("amount") + F("discount") + F("fees"))
    )
    return _tops(sums)


def _lines(since: date, until: date) -> "QuerySet[OrderLine]":
    first, end = bounds(since)[0], bounds(until)[1]
    return OrderLine.objects.filter(order__sold_at__gte=first, order__sold_at__lt=end).order_by()


def _tops(sums: Iterable[tuple[str, str, str, int, Decimal]]) -> dict[str, Top]:
    return {sku_id: Top(name, unit, n, _yuan(amount)) for sku_id, name, unit, n, amount in sums}


def day_sold(day: date) -> Day:
    """The sums of one day, each from an index."""
    since, until = bounds(day)
    sold = Booking.objects.filter(day=day, kind=Booking.Kind.SALE).aggregate(n=Count("pk"), sum=Sum("amount"))
    state = Order.State
    counted = (state.SHIPPED, state.RECEIVED, state.DONE)
    steps = OrderLog.objects.filter(became__in=counted, at__gte=since, at__lt=until).order_by()
    took = dict(steps.values_list("became").annotate(n=Count("pk")))
    return Day(
        day=day,
        orders=sold["n"],
        turnover=_yuan(sold["sum"]),
        placed=Order.objects.filter(placed_at__gte=since, placed_at__lt=until).count(),
        shipped=took.get(state.SHIPPED, 0),
        received=took.get(state.RECEIVED, 0),
        done=took.get(state.DONE, 0),
    )


def _top(since: date, until: date, first_open: date, last_open: date) -> tuple[Top, ...]:
    """The ten best sold: found by what the index of the closed days holds, and by the lines of the open ones; only then looked at."""
    open_days = first_open <= last_open
    # A day that is closed meanwhile is among the open ones already.
    last_closed = min(until, first_open - timedelta(days=1))
    closed = SalesDaySku.objects.filter(day__gte=since, day__lte=last_closed).order_by()
    sold = Counter(dict(closed.values_list("sku_id").annotate(n=Sum("quantity"))))
    if open_days:
        sold.update(dict(_lines(first_open, last_open).values_list("sku_id").annotate(n=Sum(PIECES))))
    best = sorted(sold, key=lambda sku_id: (-sold[sku_id], sku_id))[:10]
    now = skus_sold(first_open, last_open, best) if open_days else {}
    rows = closed.filter(sku_id__in=best).values_list("sku_id")
    then = _tops(rows.annotate(a=Min("name"), b=Min("unit"), c=Sum("quantity"), d=Sum("amount")))
    found = [_both(then.get(sku_id), now.get(sku_id)) for sku_id in best]
    return tuple(sorted(found, key=lambda top: (-top.quantity, top.name)))


def _both(then: Top | None, now: Top | None) -> Top:
    """Under the name that it has now."""
    found = [top for top in (now, then) if top]
    return replace(
        found[0], quantity=sum(top.quantity for top in found), amount=sum((top.amount for top in found), NOTHING)
    )


def _yuan(amount: Decimal | None) -> Decimal:
    """Two places whatever the database makes of a sum, and of none."""
    return (amount or NOTHING).quantize(NOTHING)


def _average(turnover: Decimal, orders: int) -> Decimal:
    return (turnover / orders).quantize(Decimal("0.01")) if orders else NOTHING
