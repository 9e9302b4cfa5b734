"""What the catalogue asks of the site."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol


class Rating(Protocol):
    """What buyers think of one SKU."""

    @property
    def average(self) -> Decimal:
        """The mean, 1 to 5."""

    @property
    def count(self) -> int:
        """How many gave one, at least 1."""


class Ratings(Protocol):
    """Where the stars come from (setting RATINGS)."""

    def find(self, sku_ids: Iterable[str]) -> Mapping[str, Rating]:
        """sku_id -> rating, in at most one statement; SKUs nobody rated are absent."""
