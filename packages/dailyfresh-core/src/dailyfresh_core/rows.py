"""Many rows, a portion in memory at a time."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
T = TypeVar("T")


def in_portions(rows: "QuerySet[Row]", size: int, *, newest_first: bool = False) -> Iterator[Row]:
    """The rows in the order of their keys, `size` in memory at a time; prefetching works within each portion.

    `iterator()` would do on other databases: Django's MySQL backend reads the whole answer before it gives a row.
    """
    rows = rows.order_by("-pk" if newest_first else "pk")
    beyond, after = "pk__lt" if newest_first else "pk__gt", None
    while portion := list((rows if after is None else rows.filter(**{beyond: after}))[:size]):
        yield from portion
        if len(portion) < size:
            return
        after = portion[-1].pk


def portions_of(things: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    """The things in lists of at most `size`: as many keys as one statement takes on any database."""
    everything = things if isinstance(things, list | tuple) else list(things)
    return (everything[at : at + size] for at in range(0, len(everything), size))
