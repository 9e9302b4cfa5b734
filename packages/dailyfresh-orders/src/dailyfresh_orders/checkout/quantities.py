"""How much can be ordered, and in words why not so much."""

from collections.abc import Iterable
from typing import Any, Protocol

from dailyfresh_core.pricing.measures import (
    BY_THE_PIECE,
    WEIGHT,
    accepted,
    agrees,
    counted,
    measure_of,
    most_of,
    typed,
    within,
)
from dailyfresh_core.protocols import Measure, Purchasable
from django.utils.translation import gettext as _

from ..exceptions import Shortage
from ..joins import catalogue


class Counted(Protocol):
    """A line of a quote."""

    @property
    def sku_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def measure(self) -> Measure: ...


def at_the_door(item: Purchasable, quantity: int, measure: Measure, *, from_basket: bool) -> list[str]:
    """Why so much of it is not asked for as it is sold: nobody reads two pieces as two grams. What was in a basket keeps its steps."""
    words = {"name": item.name, "minimum": counted(measure.minimum, measure), "step": counted(measure.step, measure)}
    if not agrees(quantity, measure):
        by_weight = _("“%(name)s” is sold by weight now. Please choose how much.")
        by_piece = _("“%(name)s” is sold by the piece now. Please choose how many.")
        return [(by_weight if measure.sold_by == WEIGHT else by_piece) % words]
    if not from_basket and not accepted(quantity, measure):
        return [_("“%(name)s” is sold from %(minimum)s on, in steps of %(step)s.") % words]
    return []


def possible_of(item: Purchasable, quantity: int) -> int:
    """How much of so much can be ordered now, counted and in the steps that it is sold by; 0 when that is less than its minimum."""
    measure = measure_of(item)
    wanted = quantity if agrees(quantity, measure) else measure.minimum
    bounds = (max(wanted, measure.minimum), item.available, item.limit, most_of(measure))
    return typed(within(min(bound for bound in bounds if bound is not None), measure), measure)


def shortage_text(name: str, left: int) -> str:
    """`left` is pieces, or Grams."""
    if left <= 0:
        return _("“%(name)s” is sold out.") % {"name": name}
    return _("“%(name)s”: only %(left)s left.") % {"name": name, "left": counted(left)}


def shortage_texts(shortages: Iterable[Shortage], lines: Iterable[Counted]) -> list[str]:
    """The sentences for lines that cannot be had."""
    known = {line.sku_id: line for line in lines}
    return [
        shortage_text(line.name, typed(each.left, line.measure))
        if (line := known.get(each.sku_id))
        else shortage_text(each.sku_id, each.left)
        for each in shortages
    ]


def measured_otherwise(lines: Iterable[Any], sku_ids: Iterable[str]) -> list[str]:
    """Those of the SKUs that these lines of orders sold by weight and that are sold by the piece now, or the other way round."""
    sold_by = {line.sku_id: line.sold_by for line in lines}
    now = {sku_id: getattr(item, "measure", None) or BY_THE_PIECE for sku_id, item in catalogue().find(sku_ids).items()}
    return [sku_id for sku_id, measure in now.items() if measure.sold_by != sold_by[sku_id]]
