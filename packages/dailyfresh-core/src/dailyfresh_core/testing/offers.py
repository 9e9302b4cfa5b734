"""Offers that a test makes up: a pricing of a few lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..pricing.amounts import NOTHING, allocate
from ..pricing.offers import GivenHint, GivenOffer, GivenShare
from ..protocols import Item


@dataclass(frozen=True)
class Off:
    """So much off, parted among the lines, as soon as they come to `least`."""

    off: Decimal
    least: Decimal
    source: str = "test:off"
    label: str = "满减"

    def share(self, items: Sequence[Item], weights: Sequence[Decimal] | None = None) -> GivenShare | None:
        """What it takes off lines that come to these weights by now."""
        weights = weights if weights is not None else [item.amount for item in items]
        if (total := sum(weights, NOTHING)) < self.least or not total:
            return None
        parts = allocate(min(self.off, total), weights)
        return GivenShare(
            self.source, self.label, {item.sku_id: -part for item, part in zip(items, parts, strict=True) if part}
        )


class TenOffHundred:
    """A pricing: 10 off from 100 on, and a hint below that."""

    rule: Off = Off(Decimal(10), Decimal(100), label="满100减10")

    def price(
        self,
        items: Sequence[Item],
        *,
        user: Any,
        first_order: Callable[[], bool],
        coupon: str,
        freight: Callable[[Decimal], Decimal],
        at: datetime,
    ) -> GivenOffer:
        if share := self.rule.share(items):
            return GivenOffer([share], digest="1")
        goods = sum((item.amount for item in items), NOTHING)
        text = f"再买 ¥{self.rule.least - goods} 减 ¥{self.rule.off}"
        return GivenOffer(hints=[GivenHint(self.rule.source, text, "/fruit/", int(100 * goods / self.rule.least))])
