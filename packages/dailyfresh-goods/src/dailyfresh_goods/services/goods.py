"""Changes of goods that do not come through a form, and what follows from a stock or a sales figure that moved."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from dailyfresh_core.db.rows import lock_in_order, portions_of
from dailyfresh_core.db.statements import Table, asked, places
from dailyfresh_core.i18n.translations import Told
from django.db import transaction
from django.db.models import Case, F, IntegerField, Max, Q, Value, When

from ..conf import conf
from ..models import SKU, SPU, Band, SKUImage, pk_of
from ..protocols import Rating
from ..selectors.cards import ratings_of
from .marks import MANY, announce, mark, pages_showing

USUAL, WEIGHT_OF_USUAL = 4, 5
BATCH = MANY  # no more: a sale of this or that would outdate the whole site


def change_skus(*, sku_ids: Iterable[str], **values: Any) -> int:
    """Set columns of many SKUs at once, with all that follows for pages and search; how many rows there were."""
    pks = [pk for pk in map(pk_of, sku_ids) if pk is not None]
    with transaction.atomic():
        rows = SKU.objects.filter(pk__in=pks)
        if len(pks) > 1:
            lock_in_order(rows)
        count = rows.update(**values)
        if "stock" in values:
            mark_stock_changed(sku_ids=map(str, pks))
    return count


def add_stock(*, sku_id: str, pieces: int) -> None:
    """Put pieces into the stock, or take some out when negative, whatever was sold meanwhile; it ends at 0.

    What has no limit keeps none.
    """
    # An unsigned column: a number below 0 is an error even on the way to a larger one.
    less = Case(When(stock__lte=-pieces, then=Value(0)), default=F("stock") + pieces)
    change_skus(sku_ids=[sku_id], stock=F("stock") + pieces if pieces > 0 else less)


def own_spu(name: str, told: Told) -> SPU:
    """The SPU of a SKU that shares none, not saved yet: called as the SKU is, in other languages (`told`) too."""
    return SPU(name=name, translations={code: {"name": said["name"]} for code, said in told.items() if "name" in said})


@transaction.atomic
def add_sku(*, sku: SKU) -> None:
    """Write a new SKU, with an SPU of its own where it names none."""
    if not sku.spu_id:
        sku.spu = own_spu(sku.name, sku.translations)
        sku.spu.save()
    sku.save()


@transaction.atomic
def add_pictures(*, sku: SKU, files: Iterable[Any]) -> None:
    """Put files behind the SKU's further pictures."""
    last: int | None = sku.images.aggregate(last=Max("sort_order"))["last"]
    for place, file in enumerate(files, 0 if last is None else last + 1):
        SKUImage.objects.create(sku=sku, image=file, sort_order=place)


def put_on_sale(*, sku_ids: Iterable[str]) -> int:
    """Put SKUs on sale; how many."""
    return change_skus(sku_ids=sku_ids, on_sale=True)


def take_off_sale(*, sku_ids: Iterable[str]) -> int:
    """Take SKUs off sale: their pages become a 410 and every list drops them; how many."""
    return change_skus(sku_ids=sku_ids, on_sale=False)


def _band() -> Case:
    """`Band.of`, for the database to compute from the row as it is."""
    return Case(
        When(stock__lt=F("minimum"), then=Value(Band.SOLD_OUT)),
        When(stock__lte=conf.LOW_STOCK * F("minimum"), then=Value(Band.LOW)),
        default=Value(Band.IN_STOCK),
        output_field=IntegerField(),
    )


def mark_stock_changed(*, sku_ids: Iterable[str]) -> None:
    """Mark the pages of those SKUs whose availability band moved; call it once the stock has its new value.

    One statement as long as no band moved: most orders change a number that stands on no page.
    """
    pks = sorted({pk for pk in map(pk_of, sku_ids) if pk is not None})
    sku = Table(SKU)
    sql = f"SELECT {sku.id}, {sku.stock}, {sku.minimum}, {sku.band} FROM {sku} WHERE {sku.id} IN (%s)"  # noqa: S608 - the names are quoted
    rows = (asked(sql % places(some), some, of=SKU) for some in portions_of(pks, BATCH))
    moved = [pk for pk, stock, minimum, band in chain.from_iterable(rows) if Band.of(stock, minimum) != band]
    if moved:
        _rewrite(moved, band=_band())


def refresh_bands() -> int:
    """Set every band that does not fit its stock, and mark the pages; how many there were.

    Heals what was changed behind our back, and follows a new LOW_STOCK.
    """
    least, low = F("minimum"), conf.LOW_STOCK * F("minimum")
    wrong = Q(stock__lt=least) & ~Q(band=Band.SOLD_OUT)
    wrong |= Q(stock__gte=least, stock__lte=low) & ~Q(band=Band.LOW)
    wrong |= (Q(stock=None) | Q(stock__gte=least, stock__gt=low)) & ~Q(band=Band.IN_STOCK)
    return _refresh(wrong, band=_band())


def refresh_sales() -> int:
    """Take over the sales into the column that lists sort by and pages show; how many SKUs moved."""
    # What is sold by weight counts by the portions that its price is for, or a bag of rice would outsell everything.
    portions = (F("sales") - F("sales") % F("price_grams")) / F("price_grams")
    sold = Case(When(sold_by=SKU.By.WEIGHT, then=portions), default=F("sales"), output_field=IntegerField())
    return _refresh(~Q(sales_rank=sold), sales_rank=sold)


def refresh_ratings() -> int:
    """Take over the ratings into the column that lists sort by; how many SKUs moved. Nothing without the setting RATINGS."""
    total, after = 0, 0
    while rows := list(SKU.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "rating_rank")[:BATCH]):
        found = ratings_of(str(pk) for pk, _rank in rows)
        ranks = {pk: _rank_of(found.get(str(pk))) for pk, _rank in rows}
        moved = [pk for pk, rank in rows if ranks[pk] != rank]
        if moved:
            cases = (When(pk=pk, then=Value(ranks[pk])) for pk in moved)
            _rewrite(moved, rating_rank=Case(*cases, output_field=IntegerField()))
        total, after = total + len(moved), rows[-1][0]
    return total


def _rank_of(rating: Rating | None) -> int:
    """Hundredths of a star, drawn to the usual ones as if it had been given them so often before: one enthusiast does not lead a list."""
    if rating is None:
        return 0
    given = rating.average * rating.count + USUAL * WEIGHT_OF_USUAL
    return round(given * 100 / (rating.count + WEIGHT_OF_USUAL))


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
        lock_in_order(SKU.objects.filter(pk__in=pks))
        for some in portions_of(pks, BATCH):
            SKU.objects.filter(pk__in=some).update(**values)  # silent columns: announced here instead
        mark(pages_showing(pks))
        announce(pks)
