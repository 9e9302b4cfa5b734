"""Which batch goes into a box first: what ends first is given first, and nothing that ends too soon. No statement."""

from collections.abc import Iterable
from datetime import date, timedelta

from .models import Batch


def first_out(
    batches: Iterable[Batch], quantity: int, *, day: date, days: int = 0
) -> tuple[list[tuple[Batch, int]], int]:
    """(batch, how much of it) for a delivery on `day`, and how much there is not; each is to be good for so many `days` more.

    Sorted by the last good day, those without one behind, then by when they came.
    """
    last = day + timedelta(days=days)
    good = [each for each in batches if each.left and (each.best_before is None or each.best_before >= last)]
    good.sort(key=lambda each: (each.best_before is None, each.best_before or last, str(each.received_at), each.pk))
    found: list[tuple[Batch, int]] = []
    for batch in good:
        if quantity <= 0:
            break
        taken = min(quantity, batch.left)
        found.append((batch, taken))
        quantity -= taken
    return found, quantity
