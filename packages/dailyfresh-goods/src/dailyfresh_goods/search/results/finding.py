"""A page of results: from what was typed to the cards that are shown."""

import logging
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any

from dailyfresh_core.i18n.languages import active, chain, others
from django.db.models import Q
from haystack.backends import SQ
from haystack.exceptions import SearchBackendError
from haystack.query import SearchQuerySet

from ...conf import conf
from ...models import SKU, Band
from ...selectors import Card, Filters, cards
from ..query.relaxation import Answer, answer
from ..query.understanding import Query, understand
from ..vocabulary import Picks, Vocabulary
from ..words.normal import is_han, runs
from ..words.thesaurus import Thesaurus
from .highlight import Marked, marked

logger: logging.Logger = logging.getLogger(__name__)

SORTS = {"": [], "price": ["price"], "-price": ["-price"], "sales": ["-sales"], "newest": ["-newest"]}
"""Sort as the address says it -> fields of the index; the first is by relevance."""

OF_EACH = 4
"""Goods shown of each part of a phrase."""


@dataclass(frozen=True)
class Refinement:
    """What is asked for besides the words."""

    category: str = ""
    sort: str = ""
    filters: Filters = field(default_factory=Filters)
    page: int = 1

    def conditions(self, *, category: bool = True) -> list[Q]:
        """The conditions on a document, without that on its category if so asked."""
        found = []
        if category and self.category:
            found.append(SQ(category__exact=self.category))
        if self.filters.low is not None:
            found.append(SQ(price__gte=int(self.filters.low * 100)))
        if self.filters.high is not None:
            found.append(SQ(price__lte=int(self.filters.high * 100)))
        if self.filters.in_stock:
            found.append(SQ(band__gte=Band.LOW.value))
        return found


@dataclass(frozen=True)
class Hit:
    """A card and its name with the parts that were searched for; `packs` are the cards of its product's packs, itself among them, where
    there are several.
    """

    card: Card
    name: Marked
    packs: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Together:
    """One of several goods that a phrase or a dish names: the best hits of all that the shop has of it, none when it has none.

    `called` is the word as a page of the moment says it.
    """

    word: str
    called: str
    hits: list[Hit]
    number: int


@dataclass(frozen=True)
class Found:
    """A page of results. `groups` are the goods of a phrase one by one, on its first page as long as nothing is filtered.

    `categories`: slug -> how many fit, whatever category is chosen; `loose`: only some words fit; `hasty`: the time was over before
    everything was tried; `degraded`: the database answers in place of the index.
    """

    query: Query
    hits: list[Hit] = field(default_factory=list)
    number: int = 0
    unfiltered: int = 0
    pages: int = 0
    categories: dict[str, int] = field(default_factory=dict)
    loose: bool = False
    hasty: bool = False
    degraded: bool = False
    groups: list[Together] = field(default_factory=list)


def find(text: str, refinement: Refinement, *, using: str | None = None, vocabulary: Vocabulary | None = None) -> Found:
    """The page that `refinement` asks for of what `text` finds; from the database while there is no index to ask."""
    vocabulary = vocabulary or Vocabulary()
    words, menu, picks = vocabulary.thesaurus(), vocabulary.menu, vocabulary.picks_of(text)
    if refinement.sort or refinement.conditions():
        picks = Picks(never=picks.never)  # whoever narrows or sorts sees all in that order
    picks = _sold(picks)
    try:
        if refinement.conditions():
            reply = answer(text, words, menu, using=using)
            return _page(reply, refinement, picks) if reply.found is not None else Found(reply.query, hasty=reply.hasty)
        reply = answer(text, words, menu, using=using, shaped=lambda found: _shaped(found, refinement, picks))
        if reply.found is None and not picks.first:
            return Found(reply.query, hasty=reply.hasty)
        found = _shown(reply, reply.found, refinement, picks)
        return (
            replace(found, groups=_groups(reply, words, using))
            if reply.parts and refinement == Refinement() and not picks.first
            else found
        )
    except SearchBackendError:
        logger.exception("The index cannot be searched; the database answers instead")
        return _from_database(understand(text, words), refinement, picks)


def _sold(picks: Picks) -> Picks:
    """Goods that went off sale stand first nowhere, and are not counted."""
    sold = SKU.objects.filter(pk__in=picks.first, on_sale=True).values_list("pk", flat=True) if picks.first else ()
    there = set(sold)
    return Picks(tuple(pk for pk in picks.first if pk in there), tuple(picks.all))


def _shaped(found: Any, refinement: Refinement, picks: Picks) -> Any:
    """`found` in the order and with the limits of the page, the categories counted; what is picked stands before it, or nowhere."""
    if picks.all:
        # That field is the key; ranges of one, for no engine looks up a list of whole numbers.
        found = found.exclude(reduce(or_, (SQ(newest__range=(pk, pk)) for pk in picks.all)))
    shaped = found.facet("category").order_by(*SORTS[refinement.sort])
    start = (refinement.page - 1) * conf.PAGE_SIZE
    shaped.query.set_limits(max(0, start - len(picks.first)), start + conf.PAGE_SIZE - len(picks.first))
    return shaped


def _page(reply: Answer, refinement: Refinement, picks: Picks) -> Found:
    """The page with the filters of `refinement`: what fits without them is known by now, and the categories by another search."""
    narrowed, wide = (_filtered(reply.found, refinement.conditions(category=category)) for category in (True, False))
    shown = _shown(reply, _shaped(narrowed, refinement, picks), refinement, picks)
    categories = _categories(wide.facet("category")) if refinement.category else shown.categories
    return replace(shown, unfiltered=reply.found.query.get_count(), categories=categories)


def _filtered(found: Any, filters: list[Q]) -> Any:
    for sq in filters:
        found = found.filter(sq)
    return found


def _shown(reply: Answer, found: Any, refinement: Refinement, picks: Picks) -> Found:
    """The page; `found` is None where nothing is but what the shop picked."""
    keys = [str(pk) for pk in picks.first] if refinement.page == 1 else []
    keys += [result.pk for result in found.query.get_results()] if found is not None else []
    number = len(picks.first) + (found.query.get_count() if found is not None else 0)
    pages = -(-number // conf.PAGE_SIZE)
    shown = hits(reply.query, keys)
    return Found(
        reply.query,
        shown,
        number,
        number,
        pages,
        _categories(found) if found is not None else {},
        reply.loose,
        reply.hasty,
    )


def _groups(reply: Answer, words: Thesaurus, using: str | None) -> list[Together]:
    """The best hits of each part; those that can be bought come first."""
    keys = {}
    for part in reply.parts:
        sq = part.query.all_of(packs=False)
        fit = SearchQuerySet(using=using).filter(sq)[:OF_EACH] if part.number else ()
        keys[part.word] = [result.pk for result in fit]
    shown = {
        hit.card.sku_id: (hit, product)
        for hit, product in _each(reply.query, [key for some in keys.values() for key in some])
    }
    groups = []
    for part in reply.parts:
        own = _by_product([shown[key] for key in keys[part.word] if key in shown])
        own.sort(key=lambda hit: hit.card.sold_out)
        groups.append(Together(part.word, _called(part.word, words), own, part.number))
    return groups


def _called(word: str, words: Thesaurus) -> str:
    """Dishes name in Chinese what is made of them: on an English page it is said in English, where a word for it is known."""
    return word if "en" not in chain(active()) or not is_han(word) else words.in_english(word) or word


def _categories(found: Any) -> dict[str, int]:
    """Slug -> how many fit, the most first."""
    return dict(found.query.get_facet_counts().get("fields", {}).get("category", []))


def hits(query: Query, keys: list[str]) -> list[Hit]:
    """The hits of SKU keys in their order, the packs of a product as one; those that went off sale since they were indexed are left out."""
    return _by_product(_each(query, keys))


def _each(query: Query, keys: list[str]) -> list[tuple[Hit, tuple[int, str]]]:
    """Each SKU's hit, and what is alike of the packs of a product: the key of its SPU, and its name."""
    rows = {str(sku.pk): sku for sku in SKU.objects.filter(pk__in=keys, on_sale=True).select_related("type")}
    shown = [rows[key] for key in keys if key in rows]
    made = zip(cards(shown), shown, strict=True)
    return [(Hit(card, marked(card.name, query)), (sku.spu_id, sku.name)) for card, sku in made]


def _by_product(found: list[tuple[Hit, tuple[int, str]]]) -> list[Hit]:
    """The first hit of each SPU, with the packs that the others of that name are."""
    products: dict[tuple[int, str], list[Hit]] = {}
    for hit, product in found:
        products.setdefault(product, []).append(hit)
    return [
        replace(first, packs=tuple(sorted((hit.card for hit in (first, *others)), key=lambda card: card.price)))
        if others
        else first
        for first, *others in products.values()
    ]


def _from_database(query: Query, refinement: Refinement, picks: Picks) -> Found:
    """Names that hold every word: coarse, but an answer; nothing is put first here, and what is hidden stays hidden."""
    rows = SKU.objects.filter(refinement.filters.condition(), on_sale=True).exclude(pk__in=picks.hidden)
    paths = [
        f"{of}{path}"
        for of in ("", "type__")
        for path in ("name", *(f"translations__{code}__name" for code, _ in others()))
    ]
    for word in runs(query.text):
        rows = rows.filter(reduce(or_, (Q(**{f"{path}__icontains": word}) for path in paths)))
    if refinement.category:
        rows = rows.filter(type__slug=refinement.category)
    order = {"price": ("price", "pk"), "-price": ("-price", "pk"), "newest": ("-pk",)}.get(
        refinement.sort, ("-sales_rank", "pk")
    )
    number, size = rows.count(), conf.PAGE_SIZE
    start = (refinement.page - 1) * size
    keys = [str(pk) for pk in rows.order_by(*order).values_list("pk", flat=True)[start : start + size]]
    return Found(query, hits(query, keys), number, number, -(-number // size), degraded=True)
