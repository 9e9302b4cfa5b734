"""A page of results: from what was typed to the cards that are shown."""

import logging
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q
from haystack.backends import SQ
from haystack.exceptions import SearchBackendError

from ..conf import conf
from ..models import SKU
from ..selectors import Card, cards
from .highlight import Marked, marked
from .ladder import answer, count, queryset
from .selectors import lexicon
from .understanding import Query, understand
from .words.normal import runs

logger = logging.getLogger(__name__)

SORTS = {"": [], "price": ["price"], "-price": ["-price"], "sales": ["-sales"], "newest": ["-newest"]}
"""Sort as the address says it -> fields of the index; the first is by relevance."""


@dataclass(frozen=True)
class Wish:
    """What is asked for besides the words; prices in yuan."""

    category: str = ""
    sort: str = ""
    lowest: Decimal | None = None
    highest: Decimal | None = None
    in_stock: bool = False
    page: int = 1

    def filters(self, *, category: bool = True) -> list[SQ]:
        """The conditions on a document, without that on its category if so asked."""
        found = []
        if category and self.category:
            found.append(SQ(category__exact=self.category))
        if self.lowest is not None:
            found.append(SQ(price__gte=int(self.lowest * 100)))
        if self.highest is not None:
            found.append(SQ(price__lte=int(self.highest * 100)))
        if self.in_stock:
            found.append(SQ(stock__gte=1))
        return found


@dataclass(frozen=True)
class Hit:
    """A card and its name with the parts that were searched for."""

    card: Card
    name: Marked


@dataclass(frozen=True)
class Found:
    """A page of results. `categories`: slug -> how many fit, whatever category is chosen; `loose`: only some words fit."""

    query: Query
    hits: list[Hit] = field(default_factory=list)
    number: int = 0
    unfiltered: int = 0
    pages: int = 0
    categories: dict[str, int] = field(default_factory=dict)
    loose: bool = False
    degraded: bool = False


def find(text: str, wish: Wish, *, using: str | None = None) -> Found:
    """The page that `wish` asks for of what `text` finds; from the database while there is no index to ask."""
    words = lexicon()
    try:
        reply = answer(text, words, using=using)
        if reply.found is None:
            return Found(reply.query)
        return _page(reply.query, reply.found, reply.loose, wish, using)
    except SearchBackendError:
        logger.exception("The index cannot be searched; the database answers instead")
        return _from_database(understand(text, words), wish)


def _page(query: Query, found: Any, loose: bool, wish: Wish, using: str | None) -> Found:
    size = conf.PAGE_SIZE
    narrowed = found
    for sq in wish.filters():
        narrowed = narrowed.filter(sq)
    narrowed = narrowed.facet("category").order_by(*SORTS[wish.sort])
    start = (wish.page - 1) * size
    keys = [result.pk for result in narrowed[start : start + size]]
    number = len(narrowed)
    wide = narrowed
    if wish.category:
        wide = found
        for sq in wish.filters(category=False):
            wide = wide.filter(sq)
        wide = wide.facet("category")
    categories = dict(wide.facet_counts().get("fields", {}).get("category", []))
    unfiltered = found.count() if wish.filters() else number
    return Found(query, hits(query, keys), number, unfiltered, -(-number // size), categories, loose)


def hits(query: Query, keys: list[str]) -> list[Hit]:
    """The hits of SKU keys in their order; those that went off sale since they were indexed are left out."""
    rows = {str(sku.pk): sku for sku in SKU.objects.filter(pk__in=keys, on_sale=True).select_related("type")}
    shown = [rows[key] for key in keys if key in rows]
    return [Hit(card, marked(card.name, query)) for card in cards(shown)]


def _from_database(query: Query, wish: Wish) -> Found:
    """Names that hold every word: coarse, but an answer."""
    rows = SKU.objects.filter(on_sale=True)
    for word in runs(query.text):
        rows = rows.filter(Q(name__icontains=word) | Q(type__name__icontains=word))
    if wish.category:
        rows = rows.filter(type__slug=wish.category)
    if wish.lowest is not None:
        rows = rows.filter(price__gte=wish.lowest)
    if wish.highest is not None:
        rows = rows.filter(price__lte=wish.highest)
    if wish.in_stock:
        rows = rows.filter(stock__gte=1)
    order = {"price": ("price", "pk"), "-price": ("-price", "pk"), "newest": ("-pk",)}.get(
        wish.sort, ("-sales_rank", "pk")
    )
    number, size = rows.count(), conf.PAGE_SIZE
    start = (wish.page - 1) * size
    keys = [str(pk) for pk in rows.order_by(*order).values_list("pk", flat=True)[start : start + size]]
    return Found(query, hits(query, keys), number, number, -(-number // size), degraded=True)


__all__ = ["SORTS", "Found", "Hit", "Wish", "count", "find", "hits", "queryset"]
