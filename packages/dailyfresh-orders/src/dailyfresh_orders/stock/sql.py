"""The two statements of a strategy, written out over what Django promises to keep.

To build and compile such an UPDATE anew takes the ORM several times as long as to execute it: it was the largest piece of work in placing
an order.
"""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, TypeAlias

from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model
from django.db.transaction import TransactionManagementError

COMPARISONS = {"exact": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
LOOKUPS = (*COMPARISONS, "in", "isnull")
"""What a condition may ask of a column."""

Column: TypeAlias = "Field[Any, Any]"
"""A field that is a column of the table."""
Condition: TypeAlias = "tuple[Column, str, list[Any]]"
"""(column, comparison with its placeholders, values)"""


class OtherTable(ImproperlyConfigured):
    """Something to decide by that is no column of the table of the stock."""


class Rows:
    """The rows of a table that have a stock: by key, and on sale where they match `conditions` (lookup -> value, as in `filter`).

    Raises ImproperlyConfigured, or FieldDoesNotExist, for columns and conditions that one statement over one table cannot decide by.
    """

    def __init__(
        self, model: type[Model], *, key: str, stock: str, sales: str | None, conditions: Mapping[str, Any]
    ) -> None:
        self.table: str = model._meta.db_table
        self.key: Column = column_of(model, key)
        self.stock: Column = column_of(model, stock)
        self.sales: Column | None = column_of(model, sales) if sales else None
        self.conditions: list[Condition] = [_condition(model, lookup, value) for lookup, value in conditions.items()]

    def lock(self, keys: Mapping[Any, int], *, using: str) -> int:
        """Lock the rows (key -> quantity) of which so many can be sold, in the order of their keys; gives how many."""
        connection = connections[using]
        if not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked in a transaction.")
        key, table = _quoted(connection, self.key), connection.ops.quote_name(self.table)
        wanted, params = self._wanted(connection, keys, "gte", keys)
        lock = _lock(connection)
        sql = f"SELECT {key} FROM {table} WHERE {wanted} ORDER BY {key} {lock}"  # noqa: S608 - the names are quoted
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return len(cursor.fetchall())

    def take(self, keys: Mapping[Any, int], lookup: str, compared: Mapping[Any, int], *, using: str) -> int:
        """Take key -> quantity in one UPDATE where the stock compares with its value by `lookup`; gives how many rows changed."""
        connection = connections[using]
        stock, table = _quoted(connection, self.stock), connection.ops.quote_name(self.table)
        amount, params = self._amount(connection, keys)
        changes = f"{stock} = {stock} - {amount}"
        if self.sales:
            sales = _quoted(connection, self.sales)
            changes, params = f"{changes}, {sales} = {sales} + {amount}", params * 2
        wanted, more = self._wanted(connection, keys, lookup, compared)
        sql = f"UPDATE {table} SET {changes} WHERE {wanted}"  # noqa: S608 - the names are quoted
        if len(keys) > 1 and connection.vendor == "postgresql":
            # It would lock the rows as it comes across them, and two baskets of the same goods would wait for each other.
            key = _quoted(connection, self.key)
            locked = f"SELECT {key} FROM {table} WHERE {wanted} ORDER BY {key} {_lock(connection)}"  # noqa: S608
            sql = f"WITH l AS ({locked}) UPDATE {table} SET {changes} WHERE {key} IN (SELECT {key} FROM l)"  # noqa: S608
            params, more = more, params
        with connection.cursor() as cursor:
            cursor.execute(sql, params + more)
            return int(cursor.rowcount)

    def _amount(self, connection: BaseDatabaseWrapper, keys: Mapping[Any, int]) -> tuple[str, list[Any]]:
        """Each row's quantity as an expression, with its parameters."""
        if len(keys) == 1:
            return "%s", list(keys.values())
        when = f"WHEN {_quoted(connection, self.key)} = %s THEN %s "
        pairs = zip(_prepared(connection, self.key, keys), keys.values(), strict=True)
        return f"CASE {when * len(keys)}END", list(chain.from_iterable(pairs))

    def _wanted(
        self, connection: BaseDatabaseWrapper, keys: Mapping[Any, int], lookup: str, compared: Mapping[Any, int]
    ) -> tuple[str, list[Any]]:
        """The condition for those of `keys` whose stock compares and that are on sale, with its parameters."""
        row = f"({_quoted(connection, self.key)} = %s AND {_quoted(connection, self.stock)} {COMPARISONS[lookup]} %s)"
        stocks = _prepared(connection, self.stock, (compared[key] for key in keys))
        params = list(chain.from_iterable(zip(_prepared(connection, self.key, keys), stocks, strict=True)))
        words = ["(" + " OR ".join([row] * len(keys)) + ")"]
        for column, comparison, values in self.conditions:
            words.append(f"{_quoted(connection, column)} {comparison}")
            params += _prepared(connection, column, values)
        return " AND ".join(words), params


def _lock(connection: BaseDatabaseWrapper) -> str:
    """What locks the rows of a SELECT; on PostgreSQL no more than the UPDATE will, so that rows that refer to them can be made."""
    features = connection.features
    no_key = features.has_select_for_no_key_update
    return connection.ops.for_update_sql(no_key=no_key) if features.has_select_for_update else ""


def column_of(model: type[Model], name: str) -> Column:
    """The field of this name, a column of the model's own table."""
    found = model._meta.pk if name == "pk" else model._meta.get_field(name)
    if isinstance(found, Field) and found.column and found.model._meta.db_table == model._meta.db_table:
        return found
    raise OtherTable(f"STOCK reads other tables than that of {model._meta.label}: {name!r} is no column of it.")


def _condition(model: type[Model], lookup: str, value: Any) -> Condition:
    """What a lookup says, as `filter` takes it."""
    name, _, comparison = lookup.partition("__")
    column = column_of(model, name)
    comparison = comparison or "exact"
    if comparison == "isnull" or (comparison == "exact" and value is None):
        return column, "IS NULL" if value is not False else "IS NOT NULL", []
    if comparison == "in" and value:
        return column, f"IN ({', '.join(['%s'] * len(value))})", list(value)
    if comparison in COMPARISONS:
        return column, f"{COMPARISONS[comparison]} %s", [value]
    if column.is_relation:
        raise OtherTable(f"STOCK reads other tables than that of {model._meta.label}: {lookup!r} of available_filter.")
    raise ImproperlyConfigured(f"available_filter has {lookup!r}: it knows the lookups {', '.join(LOOKUPS)}.")


def _quoted(connection: BaseDatabaseWrapper, column: Column) -> str:
    return str(connection.ops.quote_name(column.column or ""))


def _prepared(connection: BaseDatabaseWrapper, column: Column, values: Iterable[Any]) -> list[Any]:
    """The values as this database compares them with that column: as lookups do, also with 0, which MySQL takes for no key to be written."""
    return [column.get_db_prep_value(column.get_prep_value(value), connection, prepared=True) for value in values]
