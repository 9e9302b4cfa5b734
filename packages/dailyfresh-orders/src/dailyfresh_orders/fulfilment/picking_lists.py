"""What a picker looks at: the waves of orders that wait, and one order line by line."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from dailyfresh_core.days import said
from dailyfresh_core.pricing.measures import WEIGHT, estimated, measure_of
from dailyfresh_core.protocols import Measure, Purchasable
from django.db.models import F, QuerySet

from ..joins import catalogue
from ..models import Order, OrderLine
from ..selectors import known_goods, name_of
from .batches import suggested
from .models import Batch, Pick, Picking

SUGGESTED = 4
"""Goods that are named as what may be given in place of others."""
AT_ONCE = 200
"""Orders that one look at the waves shows."""


@dataclass(frozen=True)
class Wave:
    """The orders that leave together: in one window to one place, or whenever it is their turn."""

    starts: datetime | None
    when: str
    place: str
    orders: list[Order]
    known: Mapping[str, Purchasable]
    """What the catalogue says of the goods in them, in the reader's language."""

    @property
    def goods(self) -> list[tuple[OrderLine, str, int]]:
        """What to fetch for all of them in one go, by name: one of its lines, what it is called, and how much of it."""
        found: dict[tuple[str, str, str], tuple[OrderLine, int]] = {}
        for line in (line for order in self.orders for line in order.lines.all()):
            key = (name_of(line, self.known), line.sku_id, line.sold_by)
            first, much = found.get(key, (line, 0))
            found[key] = (first, much + line.quantity - line.refunded)
        return [(line, key[0], much) for key, (line, much) in sorted(found.items(), key=lambda row: row[0]) if much]


@dataclass(frozen=True)
class Work:
    """One line of an order that is to be packed."""

    line: OrderLine
    name: str
    """What the catalogue calls it in the reader's language: the line has it in the buyer's."""
    wanted: int
    """Pieces, or grams of what is sold by weight: without what was refunded before."""
    pick: Pick | None
    """What lies in the box of it; None while nobody said."""
    instead: list[tuple[Pick, Purchasable, Measure]] = field(default_factory=list)
    batches: list[tuple[Batch, int]] = field(default_factory=list)
    """Where to take it from: what ends first, first."""
    similar: list[tuple[Purchasable, Measure]] = field(default_factory=list)
    """What may be given in its place, of a line that is short."""

    @property
    def by_weight(self) -> bool:
        return self.line.sold_by == WEIGHT

    @property
    def weighed(self) -> bool:
        """Whether it goes over the scale."""
        return estimated(self.line)

    @property
    def missing(self) -> int:
        return max(0, self.wanted - self.pick.quantity) if self.pick else 0

    @property
    def short(self) -> bool:
        """Whether there was no more of it: what is only lighter than it was ordered is not."""
        return self.pick is not None and self.pick.gone and self.missing > 0


def waiting() -> "QuerySet[Order]":
    """Orders that are to be packed, in the order in which they leave."""
    orders = Order.objects.filter(state=Order.State.TO_SHIP, requires_shipping=True, settled_at=None)
    return orders.order_by(F("window_starts").asc(nulls_last=True), "place", "pk")


def waves() -> list[Wave]:
    """The orders that wait, by the time at which they leave; the first 200."""
    found = waiting().select_related("picking__by").prefetch_related("lines")[:AT_ONCE]
    known = known_goods(line for order in found for line in order.lines.all())
    return [
        Wave(starts, said(starts, ends) if starts and ends else "", place, list(orders), known)
        for (starts, ends, place), orders in groupby(
            found, key=lambda each: (each.window_starts, each.window_ends, each.place)
        )
    ]


def in_box(order: Order) -> list[tuple[OrderLine, str, str]]:
    """The lines of a box that is closed: what each is called, and what it came in place of."""
    lines = list(order.lines.all())
    known, by_pk = known_goods(lines), {line.pk: line for line in lines}
    return [
        (line, name_of(line, known), name_of(by_pk[line.substitutes_id], known) if line.substitutes_id else "")
        for line in lines
    ]


def packed(at_most: int = 30) -> "QuerySet[Picking]":
    """What was packed last and not sent yet."""
    done = Picking.objects.filter(state=Picking.State.DONE, order__state=Order.State.TO_SHIP)
    return done.select_related("order").order_by("-done_at")[:at_most]


def last_picks(picks: Iterable[Pick]) -> dict[tuple[int, str], Pick]:
    """(primary key of the line, "" or what is given in place of it) -> the pick that counts."""
    return {(each.line_id, each.sku_id): each for each in picks}


def work_of(order: Order) -> list[Work]:
    """Every line that is to be packed, with what lies in the box of it."""
    picks = last_picks(Pick.objects.filter(picking__order=order).select_related("line").order_by("pk"))
    others = [each for (_line, sku_id), each in picks.items() if sku_id and each.quantity]
    lines = [line for line in order.lines.all() if line.main_slot and line.quantity > line.refunded]
    goods = catalogue().find(sorted({each.sku_id for each in others} | {line.sku_id for line in lines}))
    batches = suggested(order, {line.sku_id: line.quantity - line.refunded for line in lines})
    return [
        Work(
            line=line,
            name=name_of(line, goods),
            wanted=line.quantity - line.refunded,
            pick=picks.get((line.pk, "")),
            instead=[
                (each, item, measure_of(item))
                for each in others
                if each.line_id == line.pk and (item := goods.get(each.sku_id))
            ],
            batches=batches.get(line.sku_id, []),
            similar=_similar(line, picks.get((line.pk, ""))),
        )
        for line in lines
    ]


def _similar(line: OrderLine, pick: Pick | None) -> list[tuple[Purchasable, Measure]]:
    """What the catalogue names as like it, where it was gone and the buyer takes something else."""
    like: Callable[[str], Sequence[Purchasable]] | None = getattr(catalogue(), "similar", None)
    if like is None or pick is None or not pick.gone or line.wished == Order.Wish.REFUND:
        return []
    return [(item, measure_of(item)) for item in like(line.sku_id)[:SUGGESTED]]
