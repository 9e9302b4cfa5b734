from collections.abc import Mapping

from ..exceptions import StockShort
from .base import Stock


class ConditionalStock(Stock):
    """One `UPDATE ... WHERE stock >= n`: the database compares and writes in one step, and the rows are locked most briefly."""

    def take(self, quantities: Mapping[str, int], *, attempt: int = 0) -> None:
        keys = self.keys(quantities)
        if len(keys) < len(quantities) or self.write(keys, "gte", keys) < len(keys):
            raise StockShort
