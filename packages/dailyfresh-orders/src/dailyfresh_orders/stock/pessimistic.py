from collections.abc import Mapping

from ..exceptions import StockShort
from .base import Stock


class PessimisticStock(Stock):
    """`SELECT ... FOR UPDATE` in the order of the keys, then the UPDATE: others wait before they read."""

    def take(self, quantities: Mapping[str, int], *, attempt: int = 0) -> None:
        keys = self.keys(quantities)
        rows = self.rows(keys, **self.available_filter).select_for_update().order_by(self.id_field)
        left = dict(rows.values_list(self.id_field, self.stock_field))
        if len(keys) < len(quantities) or any(left.get(key, 0) < quantity for key, quantity in keys.items()):
            raise StockShort
        self.rows(keys).update(**self.changes(keys, -1))
