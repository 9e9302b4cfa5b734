"""The pages for search engines: `path("sitemap.xml", sitemap, {"sitemaps": dailyfresh_goods.sitemaps.SITEMAPS})`.

Put it inside `i18n_patterns` where addresses tell the language: each language has a sitemap of its own then, and no
request has to list all goods to find its part of them.
"""

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse

from .models import SKU, GoodsType


class HomeSitemap(Sitemap):  # type: ignore[type-arg]
    priority = 1.0

    def items(self) -> list[str]:
        return ["dailyfresh_goods:home"]

    def location(self, item: str) -> str:
        return reverse(item)


class TypeSitemap(Sitemap):  # type: ignore[type-arg]
    priority = 0.8

    def items(self) -> "QuerySet[GoodsType]":
        return GoodsType.objects.all()


class SKUSitemap(Sitemap):  # type: ignore[type-arg]
    """Goods on sale; the key order lets the database give any part of it without sorting."""

    limit = 10000

    def items(self) -> "QuerySet[SKU]":
        return SKU.objects.filter(on_sale=True).only("pk", "updated_at").order_by("pk")

    def lastmod(self, item: SKU) -> datetime:
        return item.updated_at

    def get_latest_lastmod(self) -> datetime | None:
        """The database says it: Django would read all goods to find it."""
        latest: datetime | None = self.items().aggregate(latest=Max("updated_at"))["latest"]
        return latest


SITEMAPS: "dict[str, type[Sitemap[Any]]]" = {"home": HomeSitemap, "types": TypeSitemap, "goods": SKUSitemap}
