from collections.abc import Mapping

from ..exceptions import StockMoved, StockShort
from .pessimistic import PessimisticStock

ROUNDS = 3


class OptimisticStock(PessimisticStock):
    """Reads, then writes only where the stock is still what was read; who loses three rounds takes the row lock."""

    needs_read_committed = True

    def take(self, quantities: Mapping[str, int], *, attempt: int = 0) -> None:
        keys = self.keys(quantities)
        for _ in range(attempt, ROUNDS):
            read = self.rows(keys, **self.available_filter).values_list(self.id_field, self.stock_field)
            seen = dict(read)
            if len(keys) < len(quantities) or any((seen.get(key) or 0) < quantity for key, quantity in keys.items()):
                raise StockShort
            if self.write(keys, "exact", seen) == len(keys):
                return
            if len(keys) > 1:
                # Some rows are written and locked, and which is unknown: only a rollback frees them in an order
                # that cannot deadlock. One row alone is safe to try again, and the statement has queued for it.
                raise StockMoved
        super().take(quantities)
