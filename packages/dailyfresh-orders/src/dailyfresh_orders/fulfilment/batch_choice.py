"""Which batch goes into a box first: what ends first is given first, and nothing that ends too soon. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar


class Dated(Protocol):
    """A batch on the shelf."""

    @property
    def pk(self) -> int: ...
    @property
    def best_before(self) -> date | None:
        """The last day on which it is good; None where it has no date."""

    @property
    def received_at(self) -> object: ...
    @property
    def left(self) -> int: ...


B = TypeVar("B", bound=Dated)


def first_out(batches: Iterable[B], quantity: int, *, day: date, days: int = 0) -> tuple[list[tuple[B, int]], int]:
    """(batch, how much of it) for a delivery on `day`, and how much there is not; each is to be good for so many `days` more.

    Sorted by the last good day, those without one behind, then by when they came.
    """
    last = day + timedelta(days=days)
    good = [each for each in batches if each.left and (each.best_before is None or each.best_before >= last)]
    good.sort(key=lambda each: (each.best_before is None, each.best_before or last, str(each.received_at), each.pk))
    found: list[tuple[B, int]] = []
    for batch in good:
        if quantity <= 0:
            break
        taken = min(quantity, batch.left)
        found.append((batch, taken))
        quantity -= taken
    return found, quantity
