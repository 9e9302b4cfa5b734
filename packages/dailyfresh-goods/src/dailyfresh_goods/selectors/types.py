"""The types of goods, which every page names."""

from dataclasses import dataclass

from dailyfresh_core.db.together import once
from django.urls import reverse
from django.utils.translation import get_language

from ..models import GoodsType
from ..pages.cache import cached
from ..pages.keys import SITE
from .pictures import Album, Shown

LOGO = 96
"""Pixels that a logo needs on a page."""


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """A type as pages show it."""

    pk: int
    name: str
    slug: str
    promise: str
    logo: Shown
    banner: Shown

    @property
    def logo_url(self) -> str:
        return self.logo.at(LOGO)

    @property
    def url(self) -> str:
        """Its list, in the language that is active."""
        return reverse("dailyfresh_goods:list", args=[self.slug])


def goods_types() -> list[TypeInfo]:
    """All types in their order, in the language of the moment; cached until one changes."""
    name = f"types:{get_language()}"
    return once(name, lambda: cached(name, (SITE,), _types))


def goods_type(slug: str) -> TypeInfo | None:
    """The type with that slug."""
    return next((type_ for type_ in goods_types() if type_.slug == slug), None)


def _types() -> list[TypeInfo]:
    rows = list(GoodsType.objects.all())
    album = Album(file for row in rows for file in (row.logo, row.banner))
    return [
        TypeInfo(row.pk, row.said.name, row.slug, row.said.promise, album.square(row.logo), album.whole(row.banner))
        for row in rows
    ]
