"""The rules as the engine takes them, read once for each edition of their tables: what is asked each time is which one it is."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dailyfresh_core.db.statements import Table, asked
from dailyfresh_core.pricing.money import coin
from django.db.models import Q
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


def rulebook(found: tuple[Any, ...] = ()) -> Rulebook:
    """What holds now. Edits are seen at once, by every process: the edition is asked for each time, unless whoever calls has `found` it already."""
    global _kept
    edits = found or asked(edition(), (), of=Row)[0]
    version = (coin(), *(None if each is None else int(each) for each in edits))
    if _kept is None or _kept.version != version:
        _kept = _read(version)
    return _kept


@cache
def edition() -> str:
    """The statement for which one it is, of two columns, `rules` and `batches`: of each table another sum after any edit, since a version is drawn
    from so many that a row which was changed, came or went changes it."""
    rule, batch = Table(Row), Table(Batch)
    return f"SELECT (SELECT SUM({rule.version}) FROM {rule}) AS rules, (SELECT SUM({batch.version}) FROM {batch}) AS batches"  # noqa: S608


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
