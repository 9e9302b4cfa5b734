"""Where the goods of an offer are found in this store."""

from collections.abc import Set as AbstractSet

from dailyfresh_goods.models import pk_of
from dailyfresh_goods.selectors import goods_types
from django.urls import reverse


def goods_url(*, skus: AbstractSet[str], groups: AbstractSet[str]) -> str:
    """The list of their type, or the page of the one SKU; several have no page together."""
    if len(skus) + len(groups) != 1:
        return ""
    for sku_id in skus:
        return reverse("dailyfresh_goods:detail", args=[pk]) if (pk := pk_of(sku_id)) is not None else ""
    return next((each.url for each in goods_types() if f"type:{each.pk}" in groups), "")
