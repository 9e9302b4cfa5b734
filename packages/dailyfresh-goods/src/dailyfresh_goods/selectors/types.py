"""The types of goods, which every page names."""

from dataclasses import dataclass

from django.urls import reverse

from ..models import GoodsType
from ..pages.cache import cached
from ..pages.keys import SITE
from .cards import image_url


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """A type as pages show it."""

    pk: int
    name: str
    slug: str
    promise: str
    logo_url: str
    banner_url: str

    @property
    def url(self) -> str:
        """Its list, in the language that is active."""
        return reverse("dailyfresh_goods:list", args=[self.slug])


def goods_types() -> list[TypeInfo]:
    """All types in their order; cached until one changes."""
    return cached("types", (SITE,), _types)


def goods_type(slug: str) -> TypeInfo | None:
    """The type with that slug."""
    return next((type_ for type_ in goods_types() if type_.slug == slug), None)


def _types() -> list[TypeInfo]:
    return [
        TypeInfo(row.pk, row.name, row.slug, row.promise, image_url(row.logo), image_url(row.banner))
        for row in GoodsType.objects.all()
    ]
