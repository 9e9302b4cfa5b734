"""Stock and popularity, as they are now."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import translation

from ..conf import conf
from ..models import SKU, StalePage, pk_of
from ..pages.cache import cached
from ..pages.keys import SITE
from .cards import Card, cards

POPULAR = 5
POPULAR_SECONDS = 600


def stock_of(sku_ids: Iterable[str]) -> dict[str, int | None]:
    """sku_id -> pieces that can be bought now, None without limit, 0 for what is off sale; unknown ids are absent."""
    pks = [pk for pk in map(pk_of, sku_ids) if pk is not None]
    rows = SKU.objects.filter(pk__in=pks).values_list("pk", "stock", "on_sale")
    return {str(pk): stock if on_sale else 0 for pk, stock, on_sale in rows}


def popular() -> list[Card]:
    """What sells best; ten minutes old at most."""
    language = translation.get_language()
    return cached(f"popular:{language}", (SITE,), _popular, seconds=POPULAR_SECONDS, stale=True)


def worth(least: Decimal, *, but: Iterable[str]) -> list[Card]:
    """Goods by the piece, beside those of some ids, that cost so much or a little more: the best sellers of them."""
    pks = [pk for pk in map(pk_of, but) if pk is not None]
    priced = SKU.objects.filter(price__gte=least, price__lte=2 * least + 5, minimum=1).exclude(pk__in=pks)
    return _best_of(priced)


def _popular() -> list[Card]:
    return _best_of(SKU.objects.all())


def _best_of(skus: "QuerySet[SKU]") -> list[Card]:
    rows = skus.filter(on_sale=True, band__gt=0).select_related("type")
    return cards(rows.order_by("-sales_rank", "-id")[:POPULAR])


def cards_on_sale(sku_ids: Iterable[str]) -> list[Card]:
    """Cards of the SKUs that are still on sale, in the order given."""
    pks = [pk for pk in map(pk_of, sku_ids) if pk is not None]
    if not pks:
        return []
    rows = SKU.objects.filter(pk__in=pks, on_sale=True).select_related("type").in_bulk()
    return cards([rows[pk] for pk in pks if pk in rows], ratings={})


@dataclass(frozen=True, slots=True)
class Backlog:
    """Pages that wait to be written anew: how many marks, how many of them failed, and why the last did."""

    waiting: int
    failed: int
    reason: str


def backlog() -> Backlog:
    """How far the pages of this host are behind the catalogue, for a health check."""
    marks = StalePage.objects.filter(host__in=("", conf.HOST_NAME))
    failed = marks.filter(failed_at__isnull=False)
    last = failed.order_by("-failed_at").first()
    return Backlog(marks.count(), failed.count(), last.reason if last else "")
