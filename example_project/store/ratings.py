"""The stars of the goods pages, from the reviews of the orders."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from dailyfresh_orders.selectors import ratings_of


@dataclass(frozen=True, slots=True)
class Rating:
    """What buyers think of one SKU: the mean of their stars, and how many they are."""

    average: Decimal
    count: int


class Ratings:
    """Fits `dailyfresh_goods.protocols.Ratings`."""

    def find(self, sku_ids: Iterable[str]) -> Mapping[str, Rating]:
        """sku_id -> rating, in one statement; SKUs nobody rated are absent."""
        return {sku_id: Rating(average, count) for sku_id, (average, count) in ratings_of(sku_ids).items()}
