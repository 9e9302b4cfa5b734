"""Closing the books of a day: its sums are written once, because what was sold on it never changes."""

from dataclasses import asdict
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone

from ...days import today
from ...models import BookDay, Order, SalesDay, SalesDaySku
from ...reports.books import day_booked
from ...reports.sales import day_sold, skus_sold

SETTLING = timedelta(minutes=5)
"""How long after midnight a transaction of the day before may still commit, clocks of several machines included."""


def close_days(*, at_most: int = 31) -> int:
    """Write the sums of every day that is over and has none yet, oldest first; gives how many. Safe in several workers."""
    latest = SalesDay.objects.order_by("-day").values_list("day", flat=True).first()
    if latest is not None:
        day = latest + timedelta(days=1)
    else:
        earliest = Order.objects.aggregate(at=Min("placed_at"))["at"]
        if earliest is None:
            return 0
        day = today(earliest)
    closed = 0
    while day < today(timezone.now() - SETTLING) and closed < at_most:
        _close(day)
        day += timedelta(days=1)
        closed += 1
    return closed


def reopen_days(*, since: date) -> None:
    """Forget the sums from a day on, so that they are made again: after another TIME_ZONE, or an import of old orders."""
    with transaction.atomic():
        SalesDay.objects.filter(day__gte=since).delete()
        SalesDaySku.objects.filter(day__gte=since).delete()
        BookDay.objects.filter(day__gte=since).delete()


def _close(day: date) -> None:
    sums, sold, booked = day_sold(day), skus_sold(day, day), list(day_booked(day))
    try:
        with transaction.atomic():
            SalesDay.objects.create(**asdict(sums))
            BookDay.objects.bulk_create(BookDay(**asdict(row)) for row in booked)
            SalesDaySku.objects.bulk_create(
                SalesDaySku(
                    day=day, sku_id=sku_id, name=top.name, unit=top.unit, quantity=top.quantity, amount=top.amount
                )
                for sku_id, top in sold.items()
            )
    except IntegrityError:
        return  # another worker closed it
