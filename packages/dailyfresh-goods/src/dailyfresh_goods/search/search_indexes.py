"""The document of a SKU: found and loaded by haystack."""

import hashlib
import html
import re
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, ClassVar

from dailyfresh_core.i18n.translations import all_said
from django.db.models import QuerySet
from haystack import indexes

from ..models import SKU
from .words.grams import grams, head_grams
from .words.normal import is_han, normalise, runs
from .words.packs import packs
from .words.pinyin import sounds
from .words.segmentation import segmenter

FORMAT = "5"
"""Part of every digest: raise it when documents are made differently, and `search_status` finds them all."""

_TAG = re.compile(r"<[^>]*>")
_SEVERAL = re.compile(r"[&,/+]|\b(?:and|und|et|y|e)\b", re.IGNORECASE)


def plain_text(markup: str) -> str:
    """The words of a piece of HTML."""
    return html.unescape(_TAG.sub(" ", markup))


def type_words(name: str) -> set[str]:
    """What a type is called: its words, their first characters (禽蛋 for 禽类蛋品), all of it, and its last character (菜 for 新鲜蔬菜)."""
    found = set()
    for run in runs(normalise(name)):
        words = list(segmenter().cut(run))
        found |= {run, *words}
        if is_han(run):
            found |= {run[-1], "".join(word[0] for word in words)}
    return found


def translated_type_words(name: str) -> set[str]:
    """The same of its name in another language: the last of Latin words, unless it names several things, of which each is only a part."""
    words = runs(normalise(name))
    if any(map(is_han, words)):
        return type_words(name)
    return latin_words(words[-1]) if words and not _SEVERAL.search(name) else set()


def latin_words(text: str) -> set[str]:
    """The Latin words of a text, and those in the plural also in the singular."""
    found = {run for run in runs(normalise(text)) if not is_han(run)}
    return found | {singular(word) for word in found}


def singular(word: str) -> str:
    """An English word without the ending of its plural."""
    for ending, instead in (("ies", "y"), ("oes", "o"), ("ches", "ch"), ("shes", "sh"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 1 and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word


def each(words: Callable[[str], set[str]], texts: Iterable[str]) -> set[str]:
    """What `words` makes of all the texts."""
    return set().union(*map(words, texts))


class TokensField(indexes.CharField):  # type: ignore[misc]
    """Tokens with a space between them, taken as they stand: the index class cuts them, `prepare` of a field gives none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"stored": False, "default": "", **options})

    def prepare(self, obj: Any) -> str:
        return ""


class SKUIndex(indexes.SearchIndex, indexes.Indexable):  # type: ignore[misc]
    text = TokensField(document=True)
    head = TokensField(boost=8)
    name = TokensField(boost=6)
    latin = TokensField(boost=6)
    spu = TokensField(boost=5)
    sound = TokensField(boost=5)
    initials = TokensField(boost=4)
    kind = TokensField(boost=7)
    origin = TokensField(boost=3)
    packs = TokensField(boost=2)
    category = indexes.FacetCharField(model_attr="type__slug")
    price = indexes.IntegerField()
    sales = indexes.IntegerField(model_attr="sales_rank")
    band = indexes.IntegerField(model_attr="band")
    newest = indexes.IntegerField(model_attr="pk")
    digest = indexes.CharField(indexed=False)

    SOURCES: ClassVar = attrgetter(
        "name", "description", "slug", "price", "unit", "origin", "band", "sales_rank",
        "type.name", "type.slug", "spu.name", "spu.detail", "translations", "type.translations", "spu.translations",
    )  # fmt: skip
    """What of a SKU goes into its document."""

    def get_model(self) -> type[SKU]:
        return SKU

    def index_queryset(self, using: str | None = None) -> QuerySet[SKU]:
        """The SKUs on sale with all that their documents need."""
        return SKU.objects.filter(on_sale=True).select_related("type", "spu")

    def load_all_queryset(self) -> QuerySet[SKU]:
        return SKU.objects.filter(on_sale=True)

    def prepare(self, obj: SKU) -> dict[str, Any]:
        data: dict[str, Any] = super().prepare(obj)
        names, of_all = all_said(obj, "name"), all_said(obj.spu, "name")
        kind, *kinds = all_said(obj.type, "name")
        origins = all_said(obj, "origin")
        heard = [sounds(name) for name in names]
        texts = [
            *(*names, *of_all, kind, *origins, *all_said(obj, "unit"), *all_said(obj, "description")),
            *map(plain_text, all_said(obj.spu, "detail")),
        ]
        fields = {
            "text": {word for word, _start, _end in segmenter().spans(normalise(" ".join(texts)))},
            "head": each(head_grams, names),
            "name": each(grams, names),
            "latin": latin_words(" ".join((obj.slug, *names, *of_all))),
            "spu": each(grams, of_all),
            "sound": set().union(*(full for full, _initials in heard)),
            "initials": set().union(*(initials for _full, initials in heard)),
            "kind": type_words(kind) | each(translated_type_words, kinds),
            "origin": each(grams, origins),
            "packs": packs(normalise(f"{obj.name} {obj.unit}")),
        }
        data.update({name: " ".join(sorted(words)) for name, words in fields.items()})
        data["price"] = int(obj.price * 100)
        data["digest"] = self.digest_of(obj)
        return data

    @classmethod
    def digest_of(cls, sku: SKU) -> str:
        """Which state of a SKU, loaded with its type and SPU, a document shows."""
        return hashlib.blake2b(repr((FORMAT, *map(str, cls.SOURCES(sku)))).encode(), digest_size=8).hexdigest()
