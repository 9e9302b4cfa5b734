"""A catalogue that asks nobody: what is raced is the cart."""

from collections.abc import Iterable
from decimal import Decimal

from .books import Purchasable


class Catalogue:
    def find(self, sku_ids: Iterable[str]) -> dict[str, Purchasable]:
        return {
            sku_id: Purchasable(sku_id, "Ulysses", Decimal("29.90"), "copy", "", "", "/", True, 1000, None, True)
            for sku_id in sku_ids
        }
