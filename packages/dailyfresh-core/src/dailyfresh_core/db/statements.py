"""Statements written out, for the few that every purchase waits for: to build and compile one takes the ORM several times as long as the
database to answer it. Over what Django promises to keep: names of tables and columns, `quote_name`, `execute`, `Manager.raw`; `Made` asks a query for
its text besides (`sql_with_params`)."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connections, router
from django.db.models import Field, Model, QuerySet
from django.db.models.query import RawQuerySet

from .rows import portions_of


class Table:
    """The quoted names of a model's table and its columns, for an f-string: `f"SELECT {zone.name} FROM {zone}"`."""

    def __init__(self, model: type[Model], *, using: str | None = None) -> None:
        self._model = model
        self._quoted: Callable[[str], str] = connections[using or router.db_for_read(model)].ops.quote_name

    def __str__(self) -> str:
        return self._quoted(self._model._meta.db_table)

    def __getattr__(self, field: str) -> str:
        column: Any = self._model._meta.get_field(field)
        return f"{self}.{self._quoted(column.column)}"


def places(values: Iterable[Any]) -> str:
    """The placeholders of a list, "%s, %s"."""
    return ", ".join("%s" for _value in values)


def asked(sql: str, values: Iterable[Any], *, of: type[Model]) -> list[tuple[Any, ...]]:
    """The rows as the driver gives them, from where `of` is read."""
    with connections[router.db_for_read(of)].cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def stored(model: type[Model], field: str, value: Any) -> Any:
    """A value as it is compared with that column: what a driver would write in its own way, a moment above all."""
    column: Any = model._meta.get_field(field)
    return column.get_db_prep_value(value, connections[router.db_for_read(model)])


class Made:
    """The statement of a query set, made by the ORM once and asked with other values in the place of samples that it was made with.

        by_keys = Made(Book.objects.filter(pk__in=SAMPLES[:2]), *SAMPLES[:2])
        books = by_keys(7, 9)

    Rows are the model's own, with the columns and annotations of the query set; what it follows to other tables is not there.
    """

    def __init__(self, rows: "QuerySet[Any]", *samples: Any) -> None:
        self.model = rows.model
        self.sql, values = rows.query.sql_with_params()
        self.values = [(value, samples.index(value) if value in samples else None) for value in values]

    def __call__(self, *given: Any) -> "RawQuerySet[Any]":
        values = [value if place is None else given[place] for value, place in self.values]
        found: RawQuerySet[Any] = self.model._default_manager.raw(self.sql, values)
        return found


SAMPLES = range(2**31 - 10**6, 2**31)
"""Keys that nothing has, for `Made`."""


def insert(rows: Sequence[Model]) -> None:
    """As `bulk_create` of rows of one model whose keys nobody asks for: one statement, and no signal. Every column has its value in Python."""
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    sql, fields = _insert(model, connection.alias)
    most = connection.features.max_query_params
    for portion in portions_of(rows, most // len(fields) if most else len(rows)):
        values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in portion for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(sql + ", ".join([f"({places(fields)})"] * len(portion)), values)


@cache
def _insert(model: type[Model], using: str) -> "tuple[str, list[Field[Any, Any]]]":
    quoted = connections[using].ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(quoted(field.column or "") for field in fields)
    return f"INSERT INTO {Table(model, using=using)} ({names}) VALUES ", fields  # noqa: S608 - the names are quoted
