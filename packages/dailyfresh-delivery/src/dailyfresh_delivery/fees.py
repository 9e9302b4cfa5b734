"""What bringing an order costs: a pure function over a zone's numbers."""

from dataclasses import dataclass
from decimal import Decimal

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Tariff:
    """A zone's numbers in yuan and grams."""

    base: Decimal = NOTHING
    first_grams: int = 0
    """What the base brings; 0: any weight."""
    step_grams: int = 1000
    per_step: Decimal = NOTHING
    free_from: Decimal | None = None
    """Goods that come to so much are brought without the base; weight and window are paid all the same."""


def fee(tariff: Tariff, *, surcharge: Decimal, goods: Decimal, grams: int) -> Decimal:
    """The base (or nothing, from `free_from` on), each step of weight that was begun beyond the first grams, and what the window asks."""
    free = tariff.free_from is not None and goods >= tariff.free_from
    over = max(0, grams - tariff.first_grams) if tariff.first_grams else 0
    steps = -(-over // tariff.step_grams)
    return (NOTHING if free else tariff.base) + tariff.per_step * steps + surcharge
