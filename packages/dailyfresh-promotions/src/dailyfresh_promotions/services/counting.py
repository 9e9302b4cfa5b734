"""Counters of several rows in one conditional UPDATE: all of them rise, or whoever asked is told that they did not."""

from collections.abc import Mapping
from typing import Any

from dailyfresh_core.rows import in_order
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
    added = {column: _raised(rows.model, by, column, key) for column in _columns(by)}
    return in_order(rows.filter(**{f"{key}__in": by})).filter(condition).update(**added) == len(by)


def lowered(rows: "QuerySet[Any]", by: Mapping[int, Mapping[str, Any]], *, key: str = "pk") -> None:
    """Take from each row what an order had added, never below 0: a limit that was set later, or anew, counted less. One that is gone is gone."""
    less = {column: _lowered(rows.model, by, column, key) for column in _columns(by)}
    in_order(rows.filter(**{f"{key}__in": by})).update(**less)


def _columns(by: Mapping[int, Mapping[str, Any]]) -> list[str]:
    return sorted({column for added in by.values() for column in added})


def _raised(model: type[Model], by: Mapping[int, Mapping[str, Any]], column: str, key: str) -> Any:
    field: Any = model._meta.get_field(column)
    whens = [
        When(**{key: value}, then=F(column) + Value(added[column], output_field=field))
        for value, added in sorted(by.items())
    ]
    return Case(*whens, default=F(column), output_field=field)


def _lowered(model: type[Model], by: Mapping[int, Mapping[str, Any]], column: str, key: str) -> Any:
    """An unsigned column of MariaDB may not even in between be below 0: the subtraction stands behind its condition."""
    field: Any = model._meta.get_field(column)
    whens = [
        When(**{key: value, f"{column}__gte": added[column]}, then=F(column) - Value(added[column], output_field=field))
        for value, added in sorted(by.items())
    ]
    return Case(*whens, default=Value(0, output_field=field), output_field=field)
