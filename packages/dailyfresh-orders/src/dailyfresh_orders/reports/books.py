"""What the book of the money says of some days: closed days as they were closed, open ones line by line."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dailyfresh_core.pricing.amounts import NOTHING
from django.db.models import Count, F, Min, Sum, Value
from django.db.models.functions import Coalesce

from ..days import bounds, today
from ..models import BookDay, Booking, Order, OrderLog, SalesDay
from ..models.books import Kind


@dataclass(frozen=True)
class Row:
    """One gateway's bookings of a kind on a day; those that go back are negative."""

    day: date
    gateway: str
    kind: str
    n: int = 0
    goods: Decimal = NOTHING
    discount: Decimal = NOTHING
    fees: Decimal = NOTHING
    freight: Decimal = NOTHING
    amount: Decimal = NOTHING


NUMBERS = tuple(field.name for field in fields(Row) if field.name not in ("day", "gateway", "kind"))


@dataclass(frozen=True)
class Books:
    """The books from `since` to `until`, both included."""

    since: date
    until: date
    rows: tuple[Row, ...]

    def sum_of(self, *kinds: str) -> Row:
        total = Row(self.since, "", kinds[0])
        for row in self.rows:
            if row.kind in kinds:
                total = replace(total, **{name: getattr(total, name) + getattr(row, name) for name in NUMBERS})
        return total

    @property
    def sold(self) -> Row:
        """What was paid for: `goods` is gross."""
        return self.sum_of(Kind.SALE)

    @property
    def refunds(self) -> Row:
        return self.sum_of(Kind.REFUND)

    @property
    def cancelled(self) -> Row:
        """Orders that were given up without being paid; in no sum of money."""
        return self.sum_of(Kind.CANCELLED)

    @property
    def net(self) -> Decimal:
        return self.sold.amount + self.refunds.amount

    @property
    def refund_rate(self) -> Decimal:
        """Per cent of what was paid for that went back."""
        sold = self.sold.amount
        return (-100 * self.refunds.amount / sold).quantize(Decimal("0.1")) if sold else Decimal("0.0")

    def by_gateway(self) -> list[tuple[str, "Books"]]:
        names = sorted({row.gateway for row in self.rows})
        return [(name, replace(self, rows=tuple(row for row in self.rows if row.gateway == name))) for name in names]

    def by_day(self) -> list[tuple[date, "Books"]]:
        """Every day that has a booking, oldest first."""
        days: defaultdict[date, list[Row]] = defaultdict(list)
        for row in self.rows:
            days[row.day].append(row)
        return [(day, Books(day, day, tuple(days[day]))) for day in sorted(days)]


def books(since: date, until: date) -> Books:
    """The books of these days: one statement for those that are closed, two for each that is open and not in the future."""
    closed = BookDay.objects.filter(day__range=(since, until)).order_by("day", "gateway", "kind")
    rows = [Row(**{field.name: getattr(line, field.name) for field in fields(Row)}) for line in closed]
    shut = SalesDay.objects.order_by("-day").values_list("day", flat=True).first()
    if shut is None:  # nothing is closed yet: there is nothing before the first order
        first = Order.objects.aggregate(at=Min("placed_at"))["at"]
        day = max(since, today(first))
    else:
        day = max(since, shut + timedelta(days=1))
    while day <= min(until, today()):
        rows += day_booked(day)
        day += timedelta(days=1)
    return Books(since, until, tuple(rows))


def before(since: date, until: date) -> tuple[date, date]:
    """The period of the same length just before."""
    length = until - since + timedelta(days=1)
    return since - length, until - length


def day_booked(day: date) -> Iterator[Row]:
    """The rows of one day, from its lines; cancelled orders from their log."""
    sums = {name: Coalesce(Sum(name), NOTHING) for name in NUMBERS if name != "n"}
    lines = Booking.objects.filter(day=day).order_by().values("gateway", "kind")
    for line in lines.annotate(n=Count("pk"), **sums).order_by("gateway", "kind"):
        yield _row(day, line)
    begin, end = bounds(day)
    given_up = OrderLog.objects.filter(became="cancelled", at__gte=begin, at__lt=end).order_by()
    found = given_up.values(gateway=F("order__payment_method"), kind=Value(Kind.CANCELLED.value))
    parts = {
        "goods": Sum("order__goods_total"),
        "discount": Sum("order__discount"),
        "fees": Sum("order__fees"),
        "freight": Sum("order__freight"),
        "amount": Sum("order__total"),
    }
    for line in found.annotate(n=Count("pk"), **parts).order_by("gateway"):
        yield _row(day, line)


def _row(day: date, line: Mapping[str, Any]) -> Row:
    money = {name: Decimal(line[name]).quantize(NOTHING) for name in NUMBERS if name != "n"}
    return Row(day=day, gateway=line["gateway"], kind=line["kind"], n=line["n"], **money)
