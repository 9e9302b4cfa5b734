"""Taking goods in by the file, and giving them out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from dailyfresh_core.exchange import Row
from dailyfresh_core.rows import in_portions, lock_in_order
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from ..columns import COLUMNS, OF_SPU, OWN, REQUIRED, Problem, field_of, unknown, values_of
from ..models import SKU, SPU, Band, GoodsType
from .marks import announce, mark, pages_showing

BATCH = 500
LONG = 50  # texts in one statement, which a server may limit to 16 MB
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

    def checked(self, batch: list[tuple[int, Row]]) -> list[tuple[dict[str, Any], SKU | None]]:
        """(cleaned values, the SKU they change or None) of the good rows that say anything new; the others are counted."""
        read = [(number, row, dict(values_of(row))) for number, row in batch]
        slugs = [slug for _number, _row, values in read if isinstance(slug := values.get("slug"), str)]
        existing = {sku.slug: sku for sku in SKU.objects.filter(slug__in=slugs).select_related("spu")}
        spelled = self._spelled([slug for slug in slugs if slug not in existing])
        good = []
        for number, row, values in read:
            problems = [
                Problem(number, column, " ".join(value.messages))
                for column, value in values.items()
                if isinstance(value, ValidationError)
            ]
            problems += [Problem(number, name, _("There is no such column.")) for name in unknown(row)]
            slug = values.get("slug")
            sku = existing.get(slug) if isinstance(slug, str) else None
            other = spelled.get(slug.lower()) if isinstance(slug, str) and sku is None else None
            if other:
                problems.append(Problem(number, "slug", _("There is “%s”, which differs in case alone.") % other))
            wanted = ("slug",) if sku or other else REQUIRED
            problems += [Problem(number, name, _("A new SKU needs this.")) for name in wanted if name not in values]
            if isinstance(values.get("type"), str) and values["type"] not in self.types:
                problems.append(Problem(number, "type", _("There is no type “%s”.") % values["type"]))
            if isinstance(slug, str):
                if hash(slug.lower()) in self.seen:
                    problems.append(Problem(number, "slug", _("The file has “%s” twice.") % slug))
                self.seen.add(hash(slug.lower()))
            if problems:
                self.report.add(problems)
            elif sku is not None and self._is_as_given(values, sku):
                self.report.unchanged += 1
            else:
                good.append((values, sku))
        return good

    def _spelled(self, slugs: list[str]) -> dict[str, str]:
        """Lower case -> the slug that a SKU has, of those that differ from one of `slugs` in case alone.

        MariaDB would write the one over the other; elsewhere both would stand side by side.
        """
        if not slugs:
            return {}
        skus = SKU.objects.annotate(lowered=Lower("slug")).filter(lowered__in={slug.lower() for slug in slugs})
        return dict(skus.values_list("lowered", "slug"))

    def _is_as_given(self, values: dict[str, Any], sku: SKU) -> bool:
        """Whether the SKU is as the row says: then nothing is written, and no page is made anew."""
        if "type" in values and self.types[values["type"]] != sku.type_id:
            return False
        if values.get("spu") not in (None, "", sku.spu.name):
            return False
        return not any(
            _differing(row, {column: value for column, value in values.items() if column in columns})
            for row, columns in ((sku, OWN), (sku.spu, OF_SPU))
        )

    def write(self, good: list[tuple[dict[str, Any], SKU | None]]) -> None:
        """Write the rows with their marks, in one transaction."""
        spus = _spus(good)
        rows: list[SKU] = []
        # Rows that give the same columns go in one statement: no other column may be written, since the stock,
        # say, was read before and may have been sold meanwhile.
        alike: dict[frozenset[str], list[SKU]] = {}
        marked = [sku.pk for _values, sku in good if sku]
        for values, sku in good:
            given = {column: values[column] for column in OWN if column in values}
            if sku is None:
                row = SKU(**given)
            else:
                row = SKU(
                    **{f.attname: getattr(sku, f.attname) for f in SKU._meta.concrete_fields if not f.primary_key}
                )
                for column, value in given.items():
                    setattr(row, column, value)
            if "type" in values:
                row.type_id = self.types[values["type"]]
            name = values.get("spu") or (values["name"] if sku is None else None)
            if name:
                row.spu_id = spus[name]
            row.band = Band.of(row.stock)
            rows.append(row)
            alike.setdefault(frozenset(values), []).append(row)
        lock_in_order(SKU.objects.filter(pk__in=marked))
        mark(pages_showing(marked))  # where they are shown so far
        for touched, some in alike.items():
            _upsert(some, touched)
        pks = list(SKU.objects.filter(slug__in=[row.slug for row in rows]).values_list("pk", flat=True))
        mark(pages_showing(pks))
        announce(pks)


def _upsert(rows: list[SKU], touched: frozenset[str]) -> None:
    columns = {column for column in touched if column in OWN and column != "slug"}
    columns |= {"updated_at"} | ({"band"} if "stock" in touched else set())
    columns |= {"type"} & touched | {"spu"} & touched
    targets = ["slug"] if connection.features.supports_update_conflicts_with_target else None
    # The plain manager: the marks are written here, for the whole batch.
    SKU.untracked.bulk_create(rows, update_conflicts=True, update_fields=sorted(columns), unique_fields=targets)


def _differing(row: SKU | SPU, values: dict[str, Any]) -> dict[str, Any]:
    """The values, as they are stored, that are others than those of the row."""
    stored = {column: field_of(column).get_prep_value(value) for column, value in values.items()}
    return {column: value for column, value in stored.items() if value != getattr(row, column)}


def _spus(good: list[tuple[dict[str, Any], SKU | None]]) -> dict[str, int]:
    """name -> key of the SPUs the rows name, made where missing, with the texts the rows give."""
    texts: dict[str, dict[str, str]] = {}
    by_key: dict[int, dict[str, str]] = {}
    for values, sku in good:
        given = {column: values[column] for column in OF_SPU if column in values}
        name = values.get("spu") or (values["name"] if sku is None else None)
        if name:
            texts.setdefault(name, {}).update(given)
        elif given and sku is not None:
            by_key.setdefault(sku.spu_id, {}).update(given)
    found: dict[str, int] = {}
    for pk, name in SPU.objects.filter(name__in=texts).order_by("-pk").values_list("pk", "name"):
        found[name] = pk
    by_key |= {found[name]: given for name, given in texts.items() if name in found and given}
    missing = [SPU(name=name, **given) for name, given in texts.items() if name not in found]
    SPU.untracked.bulk_create(missing)
    for pk, name in SPU.objects.filter(name__in=[spu.name for spu in missing]).values_list("pk", "name"):
        found[name] = pk
    _rewrite({pk: given for pk, given in by_key.items() if given})
    return found


def _rewrite(texts: dict[int, dict[str, str]]) -> None:
    """Give the SPUs their new texts, with all that follows for pages."""
    # As with SKUs: a text that is not given may have been written by another since it was read.
    alike: dict[frozenset[str], list[SPU]] = {}
    for spu in SPU.objects.filter(pk__in=texts):
        if differing := _differing(spu, texts[spu.pk]):
            for column, text in differing.items():
                setattr(spu, column, text)
            alike.setdefault(frozenset(differing), []).append(spu)
    for columns, some in alike.items():
        SPU.objects.bulk_update(some, columns, batch_size=LONG)


def import_goods(
    *,
    rows: Iterable[tuple[int, Row]],
    dry_run: bool = False,
    skip_bad: bool = False,
    done: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Create and change SKUs from rows, known by their slug; `done` hears of the progress batch by batch.

    The rows are read once and in order, a batch at a time. Without `skip_bad` a batch with a bad row is not
    written, nor is any after it; read the file with `dry_run` first, or wrap the call in a transaction.
    """
    report = Report()
    run = _Import(report, dict(GoodsType.objects.values_list("slug", "pk")))
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        good = run.checked(batch)
        if not dry_run and good and (skip_bad or not report.bad):
            with transaction.atomic():
                run.write(good)
        report.created += sum(sku is None for _values, sku in good)
        report.changed += sum(sku is not None for _values, sku in good)
        done(report)
    return report


def export_goods(*, skus: "QuerySet[SKU]") -> Iterator[dict[str, Any]]:
    """Rows of `COLUMNS` as `import_goods` takes them, one by one."""
    for sku in in_portions(skus.select_related("type", "spu"), BATCH):
        row: dict[str, Any] = {column: getattr(sku, column) for column in OWN}
        row |= {"type": sku.type.slug, "spu": sku.spu.name, "image": sku.image.name, "on_sale": int(sku.on_sale)}
        row |= {column: getattr(sku.spu, column) for column in OF_SPU}
        yield {column: row[column] for column in COLUMNS}
