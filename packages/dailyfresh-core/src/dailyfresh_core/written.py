"""Statements written out, for the few that every purchase waits for: to build and compile one takes the ORM several times as long as the
database to answer it. Over what Django promises to keep: names of tables and columns, `quote_name`, `execute`, `Manager.raw`."""

from collections.abc import Iterable
from typing import Any

from django.db import connections, router
from django.db.models import Model


class Table:
    """The quoted names of a model's table and its columns, for an f-string: `f"SELECT {order.total} FROM {order}"`."""

    def __init__(self, model: type[Model], *, using: str | None = None) -> None:
        self._model = model
        self._quoted = connections[using or router.db_for_read(model)].ops.quote_name

    def __str__(self) -> str:
        return self._quoted(self._model._meta.db_table)

    def __getattr__(self, field: str) -> str:
        return f"{self}.{self._quoted(self._model._meta.get_field(field).column)}"


def places(values: Iterable[Any]) -> str:
    """The placeholders of a list, "%s, %s"."""
    return ", ".join("%s" for _value in values)


def asked(sql: str, values: Iterable[Any], *, of: type[Model], using: str | None = None) -> list[tuple[Any, ...]]:
    """The rows as the driver gives them, from where `of` is read."""
    with connections[using or router.db_for_read(of)].cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def stored(model: type[Model], field: str, value: Any, *, using: str | None = None) -> Any:
    """A value as it is compared with that column: what a driver would write in its own way, a moment above all."""
    return model._meta.get_field(field).get_db_prep_value(value, connections[using or router.db_for_read(model)])
