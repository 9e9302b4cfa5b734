"""Counters of several rows in one conditional UPDATE: all of them rise, or whoever asked is told that they did not."""

from collections.abc import Mapping
from typing import Any

from dailyfresh_core.rows import lock_in_order
from django.db.models import Case, F, Model, Q, QuerySet, Value, When


def raised(
    rows: "QuerySet[Any]", by: Mapping[int, Mapping[str, Any]], fits: Mapping[int, Q], *, key: str = "pk"
) -> bool:
    """Add to each row (its `key` -> column -> so much) where it `fits` still; False when one of them does not.

    Whoever is told False has to roll back what the others were given.
    """
    condition = Q()
    for value, fit in fits.items():
        condition |= Q(**{key: value}) & fit
    lock_in_order(rows.filter(**{f"{key}__in": by}))
    return rows.filter(condition).update(**_sums(rows.model, by, 1, key)) == len(by)


def lowered(rows: "QuerySet[Any]", by: Mapping[int, Mapping[str, Any]], *, key: str = "pk") -> None:
    """Take from each row what an order had added. One that is gone is gone."""
    mine = rows.filter(**{f"{key}__in": by})
    lock_in_order(mine)
    mine.update(**_sums(rows.model, by, -1, key))


def _sums(model: type[Model], by: Mapping[int, Mapping[str, Any]], sign: int, key: str) -> dict[str, Any]:
    columns = sorted({column for added in by.values() for column in added})
    return {column: F(column) + sign * _case(model, by, column, key) for column in columns}


def _case(model: type[Model], by: Mapping[int, Mapping[str, Any]], column: str, key: str) -> Any:
    field: Any = model._meta.get_field(column)
    whens = [When(**{key: value}, then=Value(added[column], output_field=field)) for value, added in sorted(by.items())]
    return Case(*whens, default=Value(0, output_field=field), output_field=field)
