"""Where the goods of an offer are found in this store."""

from collections.abc import Set as AbstractSet

from dailyfresh_goods.models import pk_of
from dailyfresh_goods.selectors import goods_types
from django.urls import reverse


def goods_url(*, skus: AbstractSet[str], groups: AbstractSet[str]) -> str:
    """The list of their type, or the page of the one SKU; several have no page together."""
    if len(skus) + len(groups) != 1:
        return ""
    if skus:
        (pk,) = map(pk_of, skus)
        return "" if pk is None else reverse("dailyfresh_goods:detail", args=[pk])
    return next((each.url for each in goods_types() if f"type:{each.pk}" in groups), "")
