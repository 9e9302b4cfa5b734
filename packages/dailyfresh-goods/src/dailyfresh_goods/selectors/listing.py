"""A list of a type: its orders, filters, length and boundaries."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from dailyfresh_core.i18n.languages import Text, source, translated_in
from django.db.models import Count, F, Q, Subquery
from django.db.models.fields.json import KT
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..conf import conf
from ..models import SKU, Band
from ..pages.cache import cached
from ..pages.keys import SITE, SORT_CODES, list_key
from .cards import Card, cards
from .types import TypeInfo, goods_type

NEAR_PAGES = 10  # their boundaries are few and asked for often; the others are read when somebody goes there
FILTERED_SECONDS = 60  # anybody can ask for any range of prices: such entries go soon


@dataclass(frozen=True, slots=True)
class Sort:
    """How a list is sorted: `columns` ends with the key, so that it is total, and follows an index."""

    code: str
    label: str | Promise
    columns: tuple[str, ...]

    def after(self, boundary: tuple[Any, ...]) -> Q:
        """Rows behind the boundary, the values of the columns in the last row before."""
        if len(self.columns) == 1:
            return _behind(self.columns[0], boundary[0])
        first, last = self.columns
        # The first condition is implied; it lets the database begin its walk of the index at the boundary.
        return _behind(first, boundary[0], equal=True) & (_behind(first, boundary[0]) | _behind(last, boundary[1]))


def _behind(column: str, value: Any, *, equal: bool = False) -> Q:
    lookup = ("lt" if column.startswith("-") else "gt") + ("e" if equal else "")
    return Q(**{f"{column.lstrip('-')}__{lookup}": value})


SORTS = {
    sort.code: sort
    for sort in (
        Sort("default", _("Default"), ("sort_order", "-id")),
        Sort("sales", _("Popular"), ("-sales_rank", "-id")),
        Sort("rating", _("Best rated"), ("-rating_rank", "-id")),
        Sort("price", _("Price ascending"), ("price", "-id")),
        Sort("price-desc", _("Price descending"), ("-price", "id")),  # the index of the prices, read backwards
        Sort("newest", _("Newest"), ("-id",)),
    )
}
assert tuple(SORTS) == SORT_CODES


@dataclass(frozen=True, slots=True)
class Filters:
    """What the visitor narrows a list to; both ends belong to the range."""

    in_stock: bool = False
    offers: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    origin: str = ""
    storage: str = ""
    label: str = ""

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def name(self) -> str:
        """The conditions as a part of a cache key."""
        words = quote("/".join(getattr(self, name) for name in FACETS), safe="")
        return f"{self.in_stock:d}{self.offers:d}-{self.low}-{self.high}-{words}" if self else ""

    def condition(self) -> Q:
        found = Q()
        if self.in_stock:
            found &= Q(band__gt=Band.SOLD_OUT)
        if self.offers:
            found &= Q(market_price__gt=F("price"))
        if self.low is not None:
            found &= Q(price__gte=self.low)
        if self.high is not None:
            found &= Q(price__lte=self.high)
        for name in FACETS:
            if value := getattr(self, name):
                found &= Q(**{name: value})
        return found


FACETS = ("origin", "storage", "label")
"""What goods of a type share, and a list can be narrowed to by the words for it."""
MOST = 12
"""Words of each that a list offers, those of the most goods."""


Facets = dict[str, list[tuple[str, Text, int]]]
"""Name of a facet -> its words as the goods have them, as they are read, and how many goods have each."""


def facets(slug: str) -> Facets:
    """What the list of a type can be narrowed to, in one statement; without those that all goods share."""
    return cached(f"facets:{get_language()}:{slug}", (SITE, list_key(slug)), lambda: _facets(slug))


def _facets(slug: str) -> Facets:
    rows = SKU.objects.filter(type__slug=slug, on_sale=True).order_by()
    told = {(code, name): f"{name}_{at}" for at, code in enumerate(translated_in()) for name in FACETS}
    columns = {alias: KT(f"translations__{code}__{name}") for (code, name), alias in told.items()}
    numbers: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    read: dict[tuple[str, str], Text] = {}
    for row in rows.values(*FACETS, **columns).annotate(n=Count("pk")):
        for name, words in numbers.items():
            words[row[name]] += row["n"]
        for (code, name), alias in told.items():
            if row[alias]:
                read.setdefault((name, row[name]), Text(row[alias], code))
    kept = dict(SKU.Storage.choices)
    for word in numbers["storage"]:
        read["storage", word] = Text(str(kept.get(word, word)), "")
    return {
        name: [
            (word, read.get((name, word)) or Text(word, source()), n) for word, n in words.most_common(MOST + 1) if word
        ][:MOST]
        for name, words in numbers.items()
        if len(words) > 1
    }


@dataclass(frozen=True, slots=True)
class Shape:
    """How long a list is and where its pages begin: `boundaries[n]` is the last row before page n + 2."""

    count: int
    boundaries: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list, with what the pager needs."""

    type: TypeInfo
    sort: Sort
    number: int
    count: int
    pages: int
    cards: list[Card]
    new_goods: list[Card]


def _shape(type_: TypeInfo, sort: Sort, filters: Filters, depth: int) -> Shape:
    """Length and boundaries of the first `depth` pages, in one statement."""
    rows = SKU.objects.filter(filters.condition(), type_id=type_.pk, on_sale=True)
    total = rows.order_by().values("type_id").annotate(n=Count("pk")).values("n")
    found = list(
        rows.order_by(*sort.columns)
        .annotate(total=Subquery(total))
        .values_list(*(column.lstrip("-") for column in sort.columns), "total")[: conf.PAGE_SIZE * (depth - 1)]
    )
    boundaries = tuple(row[:-1] for row in found[conf.PAGE_SIZE - 1 :: conf.PAGE_SIZE])
    return Shape(found[0][-1] if found else 0, boundaries)


def list_page(slug: str, sort: str = "default", number: int = 1, filters: Filters | None = None) -> ListPage | None:
    """A page of the list of a type; None when there is no such type, sort or page.

    Length and boundaries are cached, so a deep page starts right at its rows: no OFFSET walks there.
    """
    type_, by, filters = goods_type(slug), SORTS.get(sort), filters or Filters()
    if type_ is None or by is None or not 1 <= number <= conf.MAX_PAGE:
        return None
    depth = min(NEAR_PAGES, conf.MAX_PAGE) if number <= NEAR_PAGES else conf.MAX_PAGE
    shape = cached(
        f"shape:{slug}:{sort}:{depth}:{conf.PAGE_SIZE}:{filters.name}",
        (SITE, list_key(slug)),
        lambda: _shape(type_, by, filters, depth),
        seconds=FILTERED_SECONDS if filters else None,
    )
    pages = max(1, min(-(-shape.count // conf.PAGE_SIZE), conf.MAX_PAGE))
    if number > pages or number > len(shape.boundaries) + 1:
        return None
    rows = SKU.objects.filter(filters.condition(), type_id=type_.pk, on_sale=True).select_related("type")
    if number > 1:
        rows = rows.filter(by.after(shape.boundaries[number - 2]))
    here = list(rows.order_by(*by.columns)[: conf.PAGE_SIZE])
    made = cards([*here, *_newest(slug)])  # together, so that the ratings are asked once
    return ListPage(type_, by, number, shape.count, pages, made[: len(here)], made[len(here) :])


def new_goods(slug: str) -> list[Card]:
    """The newest goods of a type."""
    return cards(_newest(slug))


def _newest(slug: str) -> list[SKU]:
    rows = SKU.objects.filter(type__slug=slug, on_sale=True).select_related("type")
    return list(rows.order_by("-id")[: conf.NEW_GOODS])
