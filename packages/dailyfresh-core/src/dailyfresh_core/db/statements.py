"""Statements written out, for the few that every purchase waits for: to build and compile one takes the ORM several times as long as the
database to answer it. Over what Django promises to keep: names of tables and columns, `quote_name`, `execute`, `from_db`; `Made` asks a query
besides for its compiler, as `Manager.raw` does."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connections, router
from django.db.models import Field, Model, QuerySet
from django.db.models.constants import OnConflict

from .rows import portions_of


class Table:
    """The quoted names of a model's table and its columns, for an f-string: `f"SELECT {zone.name} FROM {zone}"`; `zone["name"]` is the
    column alone, as what an UPDATE sets is called."""

    def __init__(self, model: type[Model], *, using: str | None = None) -> None:
        self._model = model
        self._quoted: Callable[[str], str] = connections[using or router.db_for_read(model)].ops.quote_name

    def __str__(self) -> str:
        return self._quoted(self._model._meta.db_table)

    def __getattr__(self, field: str) -> str:
        return f"{self}.{self[field]}"

    def __getitem__(self, field: str) -> str:
        column: Any = self._model._meta.get_field(field)
        return self._quoted(column.column)


def places(values: Iterable[Any]) -> str:
    """The placeholders of a list, "%s, %s"."""
    return ", ".join("%s" for _value in values)


def asked(sql: str, values: Iterable[Any], *, of: type[Model]) -> list[tuple[Any, ...]]:
    """The rows as the driver gives them, from where `of` is read."""
    with connections[router.db_for_read(of)].cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def changed(sql: str, values: Iterable[Any], *, of: type[Model]) -> int:
    """How many rows an UPDATE met, where `of` is written."""
    with connections[router.db_for_write(of)].cursor() as cursor:
        cursor.execute(sql, list(values))
        return int(cursor.rowcount)


def stored(model: type[Model], field: str, value: Any) -> Any:
    """A value as it is compared with that column: what a driver would write in its own way, a moment above all."""
    column: Any = model._meta.get_field(field)
    return column.get_db_prep_value(value, connections[router.db_for_read(model)])


class Made:
    """The statement of a query set, made by the ORM once and asked with other values in the place of samples that it was made with.

        by_keys = Made(Book.objects.filter(pk__in=SAMPLES[:2]), *SAMPLES[:2])
        books = by_keys(7, 9)

    Rows are the model's own, with the columns and annotations of the query set; what it follows to other tables is not there. Of a query set of
    `values_list`, `values` gives them.
    """

    def __init__(self, rows: "QuerySet[Any]", *samples: Any) -> None:
        self.model: type[Any] = rows.model
        self._query = rows.query
        compiler = self._query.get_compiler(router.db_for_read(rows.model))
        sql, values = compiler.as_sql()
        self.sql: str = sql
        self.samples: int = len(samples)
        self.given: list[tuple[Any, int | None]] = [
            (value, samples.index(value) if value in samples else None) for value in values
        ]
        if missing := {*range(len(samples))} - {place for _value, place in self.given}:
            raise ValueError(
                f"the statement does not ask for the samples {[samples[each] for each in sorted(missing)]}"
            )
        self._columns = [column for column, *_rest in compiler.select]
        self._annotations = dict(compiler.annotation_col_map or {})
        own = (compiler.klass_info or {}).get("select_fields", ())
        self._fields = [self._columns[place].target.attname for place in own]
        self._first = own[0] if own else 0

    def values(self, *given: Any) -> list[tuple[Any, ...]]:
        """The columns of each row, as the ORM gives them. TypeError for another number of values than of samples."""
        if len(given) != self.samples:
            raise TypeError(f"{len(given)} values in the place of {self.samples} samples")
        connection = connections[router.db_for_read(self.model)]
        found = asked(
            self.sql, (value if place is None else given[place] for value, place in self.given), of=self.model
        )
        compiler = self._query.get_compiler(connection=connection)
        converters = compiler.get_converters(self._columns)
        return [tuple(row) for row in compiler.apply_converters(found, converters)] if converters else found

    def __call__(self, *given: Any) -> list[Any]:
        """The rows."""
        using, end, made = router.db_for_read(self.model), self._first + len(self._fields), []
        for values in self.values(*given):
            row = self.model.from_db(using, self._fields, values[self._first : end])
            for name, place in self._annotations.items():
                setattr(row, name, values[place])
            made.append(row)
        return made


SAMPLES = range(2**31 - 10**6, 2**31)
"""Keys that nothing has, for `Made`."""
SOMEBODY = 2**15 - 1
"""As one of them, and small enough for a key of any kind: an account's, whose model is the site's. To be `stored`, as the key in its place."""


def insert(rows: Sequence[Model], *, new: bool = True) -> int:
    """As `bulk_create` of rows of one model whose keys nobody asks for: one statement, and no signal. Every column has its value in Python.

    Not `new`: what is there already stays as it is, and is no error. MariaDB shortens a text that is too long then, and SQLite leaves out a
    row that breaks a check, both without a word: see to that before. Gives how many were written.
    """
    if not rows:
        return 0
    model, written = type(rows[0]), 0
    connection = connections[router.db_for_write(model)]
    begin, end, fields = _insert(model, connection.alias, new)
    most = connection.features.max_query_params
    for portion in portions_of(rows, most // len(fields) if most else len(rows)):
        values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in portion for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(begin + ", ".join([f"({places(fields)})"] * len(portion)) + end, values)
            written += cursor.rowcount
    return written


@cache
def _insert(model: type[Model], using: str, new: bool) -> "tuple[str, str, list[Field[Any, Any]]]":
    ops, conflict = connections[using].ops, None if new else OnConflict.IGNORE
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(ops.quote_name(field.column or "") for field in fields)
    begin = f"{ops.insert_statement(on_conflict=conflict)} {Table(model, using=using)} ({names}) VALUES "
    end = ops.on_conflict_suffix_sql(fields, conflict, [], [])
    return begin, f" {end}" if end else "", fields
