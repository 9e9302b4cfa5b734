"""What follows from a stock or a sales figure that moved."""

from collections.abc import Iterable, Iterator
from itertools import chain

from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, Value, When

from ..conf import conf
from ..models import SKU, Band
from ..selectors import pk_of
from .marks import MANY, keys_of, mark, tell

BATCH = MANY  # no more: a sale of this or that would outdate the whole site


def _band() -> Case:
    """`Band.of`, for the database to compute from the row as it is."""
    return Case(
        When(stock__lte=0, then=Value(Band.SOLD_OUT)),
        When(stock__lte=conf.LOW_STOCK, then=Value(Band.LOW)),
        default=Value(Band.IN_STOCK),
        output_field=IntegerField(),
    )


def mark_stock_changed(*, sku_ids: Iterable[str]) -> None:
    """Mark the pages of those SKUs whose availability band moved; call it once the stock has its new value.

    One statement as long as no band moved: most orders change a number that stands on no page.
    """
    pks = sorted({pk for pk in map(pk_of, sku_ids) if pk is not None})
    rows = (SKU.objects.filter(pk__in=some).values_list("pk", "stock", "band") for some in _steps(pks))
    moved = [pk for pk, stock, band in chain.from_iterable(rows) if Band.of(stock) != band]
    if moved:
        _rewrite(moved, band=_band())


def refresh_bands() -> int:
    """Set every band that does not fit its stock, and mark the pages; how many there were.

    Heals what was changed behind our back, and follows a new LOW_STOCK.
    """
    low = Q(stock__gt=0, stock__lte=conf.LOW_STOCK)
    wrong = (Q(stock__lte=0) & ~Q(band=Band.SOLD_OUT)) | (low & ~Q(band=Band.LOW))
    wrong |= Q(stock__gt=conf.LOW_STOCK) & ~Q(band=Band.IN_STOCK)
    return _refresh(wrong, band=_band())


def refresh_sales() -> int:
    """Take over the sales into the column that lists sort by and pages show; how many SKUs moved."""
    return _refresh(~Q(sales_rank=F("sales")), sales_rank=F("sales"))


def _refresh(wrong: Q, **values: object) -> int:
    total = 0
    while True:
        pks = list(SKU.objects.filter(wrong).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not pks:
            return total
        _rewrite(pks, **values)
        total += len(pks)


def _rewrite(pks: list[int], **values: object) -> None:
    with transaction.atomic():
        for some in _steps(pks):
            SKU.objects.filter(pk__in=some).update(**values)  # silent columns: told here instead
        mark(keys_of(pks))
        tell(pks)


def _steps(pks: list[int]) -> Iterator[list[int]]:
    """The keys in portions that one statement takes on any database."""
    return (pks[at : at + BATCH] for at in range(0, len(pks), BATCH))
