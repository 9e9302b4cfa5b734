"""Taking goods in by the file."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from dailyfresh_core.exchange import BadFile, How, Row, Table, open_table
from dailyfresh_core.pricing.measures import WEIGHT, Grams, Measured, faults
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from ...import_export.archives import Archive
from ...import_export.cells import QUANTITIES, values_of
from ...import_export.columns import (
    REQUIRED,
    Problem,
    all_columns,
    column_of,
    mapping_of,
)
from ...models import SKU, GoodsType
from ..changes import noting
from .arrivals import Arrivals
from .upserts import Wanted, says_nothing_new, write

BATCH = 500
NAMED = 1000
"""Bad rows that are named one by one; the rest are counted."""


@dataclass
class Report:
    """What an import did, or would do."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.created + self.changed + self.unchanged + self.bad

    def add(self, problems: list[Problem]) -> None:
        self.bad += 1
        self.problems += problems[: max(0, NAMED - len(self.problems))]


@dataclass
class _Import:
    """One run over a file: what is known of types, and which slugs the file had already."""

    report: Report
    types: dict[str, int]
    seen: set[int] = field(default_factory=set)
    made: set[int] = field(default_factory=set)
    columns: frozenset[str] = field(default_factory=lambda: frozenset(all_columns()))
    pictures: Arrivals = field(default_factory=Arrivals)

    def checked(self, batch: list[Row]) -> list[Wanted]:
        """The good rows that say anything new; the others are counted."""
        for row in batch:
            if row.fault:
                self.report.add([Problem(row.number, "", row.fault)])
        found = [(row, dict(values_of(row.values))) for row in batch if not row.fault]
        slugs = {
            value
            for _row, values in found
            for value in (values.get("slug"), values.get("spu"))
            if isinstance(value, str)
        }
        existing = {sku.slug: sku for sku in SKU.objects.filter(slug__in=slugs).select_related("spu", "source")}
        spelled = self._spelled(slugs - existing.keys())
        good = []
        for row, values in found:
            sku = existing.get(values["slug"]) if isinstance(values.get("slug"), str) else None
            problems = [*self._cells(row, values), *self._keys(row, values, sku, existing, spelled)]
            picture, fault = self.pictures.taken_from(values, sku)
            if fault:
                problems.append(Problem(row.number, "image", fault))
            if not problems:
                problems += self._measure(row, values, sku or SKU())
            kind, pack = self.types.get(str(values.get("type"))), existing.get(str(values.get("spu")))
            wanted = Wanted(values, sku, kind, pack, picture)
            if problems:
                self.report.add(problems)
            elif says_nothing_new(wanted):
                self.report.unchanged += 1
            else:
                good.append(wanted)
            if not problems:
                self.made.add(hash(values["slug"]))
        return good

    def _spelled(self, slugs: set[str]) -> dict[str, str]:
        """Lower case -> the slug that a SKU has, of those that differ from one of `slugs` in case alone.

        MariaDB would write the one over the other; elsewhere both would stand side by side.
        """
        if not slugs:
            return {}
        skus = SKU.objects.annotate(lowered=Lower("slug")).filter(lowered__in={slug.lower() for slug in slugs})
        return dict(skus.values_list("lowered", "slug"))

    def _cells(self, row: Row, values: dict[str, Any]) -> Iterator[Problem]:
        """What is wrong with the row by itself."""
        for column, value in values.items():
            if isinstance(value, ValidationError):
                yield Problem(row.number, column, " ".join(value.messages))
        for name in row.values:
            if name not in self.columns:
                yield Problem(row.number, name, _("There is no such column."))

    def _measure(self, row: Row, values: dict[str, Any], sku: SKU) -> Iterator[Problem]:
        """What is wrong with the measure that the SKU would have; what is sold by weight is priced by it, where the row does not say."""
        if values.get("sold_by") == WEIGHT:
            values.setdefault("priced_by", WEIGHT)
        weighed = [column for column in QUANTITIES if isinstance(values.get(column), Grams)]
        values |= {column: int(values[column]) for column in weighed}
        measure = Measured(*(values.get(name, getattr(sku, name)) for name in Measured.__slots__))
        for column, sentence in faults(measure):
            yield Problem(row.number, column, sentence)
        if measure.sold_by != WEIGHT:
            for column in weighed:
                yield Problem(row.number, column, _("It is sold by the piece: write how many."))

    def _keys(
        self, row: Row, values: dict[str, Any], sku: SKU | None, existing: Mapping[str, SKU], spelled: Mapping[str, str]
    ) -> Iterator[Problem]:
        """What the row names that is not there, or is there already."""
        slug, other = values.get("slug"), None
        if isinstance(slug, str):
            if sku is None and (other := spelled.get(slug.lower())):
                yield Problem(row.number, "slug", _("There is “%s”, which differs in case alone.") % other)
            if hash(slug.lower()) in self.seen:
                yield Problem(row.number, "slug", _("The file has “%s” twice.") % slug)
            self.seen.add(hash(slug.lower()))
        for name in ("slug",) if sku or other else REQUIRED:
            if name not in values:
                yield Problem(
                    row.number, name, _("A new SKU needs this.") if "slug" in values else _("Every row needs this.")
                )
        kind, pack = values.get("type"), values.get("spu")
        if isinstance(kind, str) and kind not in self.types:
            yield Problem(row.number, "type", _("There is no type “%s”.") % kind)
        if isinstance(pack, str) and pack != slug and pack not in existing and hash(pack) not in self.made:
            yield Problem(row.number, "spu", _("There is no SKU “%s”, in the shop or in a row above.") % pack)


def open_goods(file: IO[bytes], name: str, how: How | None = None) -> Table:
    """A file of goods, opened. Raises `BadFile`."""
    return open_table(file, name, how, known=lambda heading: bool(column_of(heading)))


def read_goods(
    file: IO[bytes], name: str, how: How | None = None, headings: Mapping[str, str] | None = None
) -> Generator[Row, None, None]:
    """The rows of a file of goods, cells by our columns; `headings` (heading -> column, or empty) says what is not known by itself.

    Raises `BadFile` for what is wrong with the file as a whole, a table without rows among it.
    """
    table = open_goods(file, name, how)
    columns, empty = mapping_of(table.columns, headings), True
    for row in table.rows:
        empty = False
        # The objects of a JSON file may have columns that the first of them lack.
        named = {columns.get(heading, column_of(heading) or heading): cell for heading, cell in row.values.items()}
        named.pop("", None)
        yield row._replace(values=named)
    if empty:
        raise BadFile(_("There is no row under the heading."))


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it would be written: `outcome` is "new", "changed", "unchanged" or "bad"; `cells` column -> value, `problems` column -> text."""

    number: int
    outcome: str
    cells: dict[str, Any]
    problems: dict[str, str]


def preview_goods(*, rows: Iterable[Row], archive: Archive | None = None) -> list[Line]:
    """What would become of a few rows."""
    batch, report = list(rows), Report()
    wanted = {one.values["slug"]: one for one in _Import(report, _types(), pictures=Arrivals(archive)).checked(batch)}
    problems: dict[int, dict[str, str]] = {}
    for problem in report.problems:
        problems.setdefault(problem.row, {})[problem.column] = problem.message
    lines = []
    for row in batch:
        cells = {column: value for column, value in values_of(row.values) if not isinstance(value, ValidationError)}
        one = wanted.get(cells.get("slug", ""))
        outcome = "unchanged" if one is None else "changed" if one.sku else "new"
        bad = problems.get(row.number, {})
        lines.append(Line(row.number, "bad" if bad else outcome, {**row.values, **cells}, bad))
    return lines


def _types() -> dict[str, int]:
    """Name or slug of a type -> its key."""
    by_name = dict(GoodsType.objects.values_list("name", "pk"))
    return by_name | dict(GoodsType.objects.values_list("slug", "pk"))


def import_goods(
    *,
    rows: Iterable[Row],
    dry_run: bool = False,
    skip_bad: bool = False,
    archive: Archive | None = None,
    by: Any = "",
    why: str = "",
    done: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Create and change SKUs from rows, known by their slug, with the pictures of the `archive` they came in; `by` and `why` stand beside
    what becomes another of price, stock and on / off sale; `done` hears of the progress batch by batch.

    The rows are read once and in order, a batch at a time. Without `skip_bad` a batch with a bad row is not
    written, nor is any after it; read the file with `dry_run` first, or wrap the call in a transaction.
    """
    report = Report()
    run = _Import(report, _types(), pictures=Arrivals(archive))
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        good = run.checked(batch)
        if not dry_run and good and (skip_bad or not report.bad):
            with run.pictures.kept(good), noting(pks=[wanted.sku.pk for wanted in good if wanted.sku], by=by, why=why):
                write(good)
        report.created += sum(wanted.sku is None for wanted in good)
        report.changed += sum(wanted.sku is not None for wanted in good)
        done(report)
    return report
