"""The rules as the engine takes them, read once for each edition of their tables: what is asked each time is which one it is."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dailyfresh_core.money import coin
from django.db.models import Q, Subquery, Sum, Value
from django.utils import timezone

from .engine import Book, Coupon, Rule
from .exceptions import BadParams
from .models import Batch
from .models import Rule as Row

logger: logging.Logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rulebook:
    """All that the tables say of rules and batches, as of `version`."""

    version: tuple[Any, ...]
    book: Book
    batches: Mapping[int, Coupon]
    """Key of a batch -> what each of its coupons gives."""
    per_buyer: Mapping[int, int]
    """Key of a flash price -> the pieces that one buyer may have."""


_kept: Rulebook | None = None


def rulebook(edition: tuple[Any, ...] = ()) -> Rulebook:
    """What holds now. Edits are seen at once, by every process: the edition is asked for each time, unless whoever calls has it already."""
    global _kept
    version = (coin(), *(edition or _edition()))
    if _kept is None or _kept.version != version:
        _kept = _read(version)
    return _kept


def edition() -> dict[str, Any]:
    """Columns for a statement that is made anyhow; their values are what `rulebook` would ask for."""
    return {f"edition_{n}": Subquery(edits.values("edits")) for n, edits in enumerate(_edits())}


def _edition() -> tuple[Any, ...]:
    rules, batches = (edits.values_list("table", "edits") for edits in _edits())
    rows = rules.union(batches, all=True).order_by()  # Django 6.1 would order the union as the model is
    return tuple(edits for _table, edits in sorted(rows))


def _edits() -> Iterator[Any]:
    """Of each table another sum after any edit: a version is drawn from so many that a row which was changed, came or went changes it."""
    for n, model in enumerate((Row, Batch)):
        yield model._default_manager.order_by().values(table=Value(n)).annotate(edits=Sum("version"))


def _read(version: tuple[Any, ...]) -> Rulebook:
    good = Q(ends=None) | Q(ends__gt=timezone.now())
    rows = list(Row.objects.filter(good, active=True).prefetch_related("limits"))
    return Rulebook(
        version=version,
        book=Book(_rules(rows)),
        batches=dict(_batches()),
        per_buyer={one.pk: one.per_buyer for row in rows for one in row.limits.all() if one.sku_id},
    )


def _rules(rows: list[Row]) -> Iterator[Rule]:
    for row in rows:
        try:
            yield row.offer(row.limits.all())
        except BadParams as error:
            logger.error("The offer %s (%s) is left out: %s: %s", row.pk, row.name, error.field, error)


def _batches() -> Iterator[tuple[int, Coupon]]:
    for row in Batch.objects.all():
        try:
            yield (
                row.pk,
                Coupon(
                    "",
                    row.benefit(),
                    row.goods(),
                    row.with_activity,
                    label=row.label,
                    told=row.translations,
                    version=row.version,
                ),
            )
        except BadParams as error:
            logger.error("The coupons of batch %s (%s) are left out: %s: %s", row.pk, row.name, error.field, error)
