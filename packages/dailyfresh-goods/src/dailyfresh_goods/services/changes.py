"""Writing down who changed what of the goods."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dailyfresh_core.db.rows import lock_in_order
from django.db import transaction

from ..models import SKU, GoodsChange


@contextmanager
def noting(*, pks: Iterable[int], by: Any, why: str = "") -> Iterator[None]:
    """Lock the SKUs, and write down what of `GoodsChange.COLUMNS` became another inside; in one transaction with the change."""
    keys = sorted(set(pks))
    with transaction.atomic():
        lock_in_order(SKU.objects.filter(pk__in=keys))
        before = _values(keys)
        yield
        after = _values(keys)
        GoodsChange.objects.bulk_create(
            GoodsChange(sku_id=pk, by=str(by)[:150], column=column, was=was, became=after[pk][column], why=why[:200])
            for pk, columns in before.items()
            if pk in after
            for column, was in columns.items()
            if was != after[pk][column]
        )


def _values(keys: list[int]) -> Mapping[int, dict[str, str]]:
    """Key -> column -> value in words; what is empty has none."""
    rows = SKU.objects.filter(pk__in=keys).values("pk", *GoodsChange.COLUMNS)
    return {
        row.pop("pk"): {column: "" if value is None else str(value) for column, value in row.items()} for row in rows
    }
