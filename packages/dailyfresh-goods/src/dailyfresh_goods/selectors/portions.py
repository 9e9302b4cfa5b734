"""Reading many rows."""

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def in_portions(rows: "QuerySet[Row]", size: int) -> Iterator[Row]:
    """The rows in the order of their keys, `size` in memory at a time.

    `iterator()` would do on other databases: Django's MySQL backend reads the whole answer before it gives a row.
    """
    rows, after = rows.order_by("pk"), None
    while portion := list((rows if after is None else rows.filter(pk__gt=after))[:size]):
        yield from portion
        if len(portion) < size:
            return
        after = portion[-1].pk
