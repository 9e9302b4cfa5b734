"""What became of a day's boxes: what was given, what was not, and what went back for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.protocols import Measure
from django.db.models import Count, QuerySet, Sum

from ..days import bounds
from ..joins import catalogue
from ..models import Order, OrderLine, Refund
from ..selectors import known_goods, name_of
from ..services.payments.refundable import COUNTED
from .batches import out_of_step
from .models import Batch, Picking
from .picking_lists import last_picks


@dataclass(frozen=True)
class Missing:
    """What of some goods was not there."""

    line: OrderLine
    """One of the lines it lacked in: it says how the goods are counted."""
    name: str
    """What the catalogue calls them in the reader's language."""
    quantity: int
    orders: int


@dataclass(frozen=True)
class Day:
    day: date
    boxes: int
    lines: int
    changed: int
    """Lines of which something else came out than was ordered."""
    instead: int
    agreed: Decimal
    settled: Decimal
    missing: tuple[Missing, ...]
    returns: int
    returned: Decimal
    """What went back for goods that came bad."""
    ending: tuple[tuple[Batch, str, Measure | None], ...]
    """(batch, what its goods are called and how they are counted, as the catalogue knows them)."""
    out_of_step: tuple[tuple[str, int, int], ...]
    """(sku_id, what its batches have, what they should have)."""

    @property
    def less(self) -> Decimal:
        return self.settled - self.agreed


def day_of_boxes(day: date) -> Day:
    """The boxes that were closed on a day, and the money that went back for it; what ends within three days of it."""
    begin, end = bounds(day)
    done = Picking.objects.filter(state=Picking.State.DONE, done_at__gte=begin, done_at__lt=end)
    orders = Order.objects.filter(picking__in=done)
    sums = orders.aggregate(agreed=Sum("total"), settled=Sum("settled_total"))
    lines = list(OrderLine.objects.filter(order__in=orders).order_by("pk"))
    back = Refund.objects.filter(kind=Refund.Kind.BUYER, state__in=COUNTED, decided_at__gte=begin, decided_at__lt=end)
    given_back = back.aggregate(n=Count("pk"), amount=Sum("amount"))
    ending = Batch.objects.filter(left__gt=0, best_before__lte=day + timedelta(days=3)).order_by("best_before", "pk")
    return Day(
        day=day,
        boxes=done.count(),
        lines=sum(bool(line.main_slot) for line in lines),
        changed=sum(bool(line.main_slot) and line.changed for line in lines),
        instead=sum(not line.main_slot for line in lines),
        agreed=sums["agreed"] or NOTHING,
        settled=sums["settled"] or NOTHING,
        missing=_missing(done),
        returns=given_back["n"],
        returned=given_back["amount"] or NOTHING,
        ending=named(ending[:50]),
        out_of_step=tuple(out_of_step()),
    )


def named(batches: Iterable[Batch]) -> tuple[tuple[Batch, str, Measure | None], ...]:
    """Batches with what their goods are called and how they are counted, asked of the catalogue in one go."""
    those = list(batches)
    goods = catalogue().find(sorted({each.sku_id for each in those}))
    return tuple(
        (each, item.name, getattr(item, "measure", None)) if (item := goods.get(each.sku_id)) else (each, "", None)
        for each in those
    )


def _missing(done: "QuerySet[Picking]") -> tuple[Missing, ...]:
    """What was gone, the goods that lacked most often first."""
    found: dict[str, list[tuple[OrderLine, int]]] = {}
    for picking in done.prefetch_related("picks__line"):
        for (_line, sku_id), each in last_picks(picking.picks.all()).items():
            lacks = each.line.quantity - each.line.refunded - each.quantity
            if not sku_id and each.gone and lacks > 0:
                found.setdefault(each.line.sku_id, []).append((each.line, lacks))
    known = known_goods(some[0][0] for some in found.values())
    rows = [
        Missing(line := some[0][0], name_of(line, known), sum(n for _line, n in some), len(some))
        for some in found.values()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.orders, row.line.sku_id)))
