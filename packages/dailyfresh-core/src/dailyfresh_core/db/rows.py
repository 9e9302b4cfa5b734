"""Many rows: a portion in memory at a time, or locked in one order."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import connections
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


def in_order(rows: "QuerySet[Any]", *, by: str = "pk") -> "QuerySet[Any]":
    """The rows for one UPDATE, which takes them in the order of `by`; in a transaction.

    PostgreSQL changes rows as it comes across them, so that two statements over the same ones wait for each other, a second long, until one is
    given up: there the UPDATE locks them in order by its condition. InnoDB goes along its index, SQLite has one writer.
    """
    locked = _locked(rows, by)
    return rows if locked is None else rows.filter(pk__in=locked.values("pk"))


def lock_in_order(rows: "QuerySet[Any]", *, by: str = "pk") -> None:
    """The same before statements that are not one UPDATE of a query set: a statement of its own where it is needed."""
    if (locked := _locked(rows, by)) is not None:
        list(locked.values_list("pk"))


def _locked(rows: "QuerySet[Any]", by: str) -> "QuerySet[Any] | None":
    postgresql = connections[rows.db].vendor == "postgresql"
    return rows.select_for_update(no_key=True).order_by(by) if postgresql else None
