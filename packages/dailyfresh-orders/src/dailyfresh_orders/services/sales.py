"""Closing the books of a day: its sums are written once, because what was sold on it never changes."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Min, Sum
from django.utils import timezone

from ..days import bounds, today
from ..models import Order, OrderLine, SalesDay, SalesDaySku

SETTLING = timedelta(minutes=5)
"""How long after midnight a transaction of the day before may still commit, clocks of several machines included."""


def close_days(*, at_most: int = 31) -> int:
    """Write the sums of every day that is over and has none yet, oldest first; gives how many. Safe in several workers."""
    first = SalesDay.objects.order_by("-day").values_list("day", flat=True).first()
    if first is None:
        earliest = Order.objects.aggregate(at=Min("sold_at"))["at"]
        if earliest is None:
            return 0
        day = today(earliest)
    else:
        day = first + timedelta(days=1)
    last = today(timezone.now() - SETTLING)
    closed = 0
    while day < last and closed < at_most:
        _close(day)
        day += timedelta(days=1)
        closed += 1
    return closed


def _close(day: date) -> None:
    since, until = bounds(day)
    sold = Order.objects.filter(sold_at__gte=since, sold_at__lt=until)
    sums = sold.aggregate(orders=Count("pk"), turnover=Sum("total"))
    skus = skus_sold(since, until)
    try:
        with transaction.atomic():
            SalesDay.objects.create(day=day, orders=sums["orders"], turnover=sums["turnover"] or 0)
            SalesDaySku.objects.bulk_create(SalesDaySku(day=day, **row) for row in skus)
    except IntegrityError:
        return  # another worker closed it


def skus_sold(since: object, until: object) -> list[dict[str, object]]:
    """What was sold between two instants: sku_id, name, unit, quantity and amount of each SKU, in one statement."""
    lines = OrderLine.objects.filter(order__sold_at__gte=since, order__sold_at__lt=until).order_by()
    return list(lines.values("sku_id").annotate(name=Min("name"), unit=Min("unit"), quantity=Sum("quantity"), amount=Sum(F("unit_price") * F("quantity"))))
