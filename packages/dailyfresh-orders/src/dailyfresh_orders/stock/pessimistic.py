from collections.abc import Mapping

from ..exceptions import StockShort
from .base import Stock


class PessimisticStock(Stock):
    """`SELECT ... FOR UPDATE` in the order of the keys, then the UPDATE: others wait before they read."""

    def take(self, quantities: Mapping[str, int], *, attempt: int = 0) -> None:
        keys = self.keys(quantities)
        if len(keys) < len(quantities) or self.lock(keys) < len(keys):
            raise StockShort
        self.write(keys, "gte", keys)
