"""Limits rise in one conditional UPDATE, all of an order's or none, and fall in one: many orders meet at these rows."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dailyfresh_core.db.rows import in_order
from django.db.models import Case, F, Q, QuerySet, Value, When

from ..models import Limit

Counts = Mapping[int, tuple[int, Decimal]]
"""Key of a limit -> (uses or pieces, yuan that they take off where these are limited too)."""
COLUMNS = ("taken", "spent")


def raised(by: Counts) -> bool:
    """Add to each limit that has room still; False when one has not: whoever asked rolls back what the others were given."""
    fits = Q()
    for key, (number, amount) in by.items():
        uses = Q(quantity=None) | Q(quantity__gte=F("taken") + number)
        fits |= Q(pk=key) & uses & (Q(max_spent=None) | Q(max_spent__gte=F("spent") + amount))
    more = {column: _case(by, n, column, lambda now, value: now + value) for n, column in enumerate(COLUMNS)}
    return _rows(by).filter(fits).update(**more) == len(by)


def lowered(by: Counts) -> None:
    """Take from each limit what an order had added, never below 0. One that is gone is gone."""
    less = {column: _case(by, n, column, lambda now, value: now - value, "__gte") for n, column in enumerate(COLUMNS)}
    _rows(by).update(**less)


def _case(by: Counts, n: int, column: str, then: Any, if_at_least: str = "") -> Case:
    """An unsigned column of MariaDB may not even in between be below 0: a subtraction stands behind its condition."""
    field: Any = Limit._meta.get_field(column)
    whens = []
    for key, sums in sorted(by.items()):
        value = Value(sums[n], output_field=field)
        only = {f"{column}{if_at_least}": value} if if_at_least else {}
        whens.append(When(pk=key, **only, then=then(F(column), value)))
    return Case(*whens, default=Value(0, output_field=field), output_field=field)


def _rows(by: Counts) -> "QuerySet[Limit]":
    return in_order(Limit.objects.filter(pk__in=by))
