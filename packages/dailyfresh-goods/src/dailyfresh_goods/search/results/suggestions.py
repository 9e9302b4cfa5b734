"""What the search box suggests while one types: types, searches of others, goods."""

import hashlib
from typing import Any
from urllib.parse import urlencode

from dailyfresh_core.i18n.languages import language_of
from django.urls import reverse
from django.utils import translation

from ...models import SKU
from ...pages.cache import cached
from ...selectors import goods_types
from ..popular import GROUP, KNOWN, popular_searches
from ..search_indexes import type_words
from ..vocabulary import Vocabulary
from ..words.normal import LONGEST, normalise
from ..words.pinyin import sounds
from .finding import Refinement, find
from .highlight import spans

GOODS, TYPES, SEARCHES = 6, 2, 3
SECONDS = 30
PICTURE = 80
"""Pixels of a suggestion's picture: 40 on a fine screen."""


def suggestions(typed: str) -> list[dict[str, Any]]:
    """At most eleven items, types before searches before goods; built once for all who type the same.

    Of what fits only in part the goods are left out, but for those that the shop puts first. Goods that went off sale since are left out
    too: that is asked every time.
    """
    text = normalise(typed[: LONGEST * 4])[:LONGEST]
    if not text:
        return []
    key = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    name = f"suggest:{translation.get_language()}:{key}"
    items = cached(name, (GROUP,), lambda: _build(text), seconds=SECONDS, stale=True)
    keys = [item["sku_id"] for item in items if item["kind"] == "goods"]
    on_sale = (
        set(map(str, SKU.objects.filter(pk__in=keys, on_sale=True).values_list("pk", flat=True))) if keys else set()
    )
    return [item for item in items if item["kind"] != "goods" or item["sku_id"] in on_sale]


def _build(text: str) -> list[dict[str, Any]]:
    types = [
        {
            "kind": "type",
            "text": type_.name,
            "language": language_of(type_.name),
            "marks": _marks(type_.name, text),
            "url": type_.url,
        }
        for type_ in goods_types()
        if _begins(text, type_.name)
    ]
    searches = [
        {
            "kind": "search",
            "text": other,
            "marks": _marks(other, text),
            "url": f"{reverse('dailyfresh_search:search')}?{urlencode({'q': other})}",
        }
        for other in popular_searches(KNOWN)
        if other != text and _begins(text, other)
    ]
    vocabulary = Vocabulary()
    found = find(text, Refinement(), vocabulary=vocabulary)
    picked = {str(pk) for pk in vocabulary.picks_of(text).first}
    goods = [
        {"kind": "goods", "sku_id": hit.card.sku_id, "text": hit.card.name, "language": language_of(hit.card.name), "marks": spans(hit.name), "url": hit.card.url, "image": hit.card.image.at(PICTURE),
         "price": str(hit.card.price), "unit": hit.card.unit, "tone": hit.card.tone}
        for hit in found.hits[:GOODS] if not found.loose or hit.card.sku_id in picked
    ]  # fmt: skip
    return [*types[:TYPES], *searches[:SEARCHES], *goods]


def _begins(text: str, name: str) -> bool:
    """Whether `name` holds `text`, or a word of it begins as `text` sounds."""
    plain = normalise(name)
    if text in plain or text in type_words(name):
        return True
    if not text.isascii() or len(text) < 2:
        return False
    full, initials = sounds(plain)
    joined = text.replace(" ", "")
    return any(sound.startswith(joined) for sound in full | initials)


def _marks(name: str, text: str) -> list[list[int]]:
    at = normalise(name).find(text)
    return [[at, at + len(text)]] if at >= 0 and len(normalise(name)) == len(name) else []
