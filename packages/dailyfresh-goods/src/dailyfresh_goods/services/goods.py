"""Changes of the merchant that do not come through a form."""

from collections.abc import Iterable
from typing import Any

from ..models import SKU
from ..selectors import pk_of


def change_skus(*, sku_ids: Iterable[str], **values: Any) -> int:
    """Set columns of many SKUs at once, with all that follows for pages and search; how many rows there were."""
    pks = [pk for pk in map(pk_of, sku_ids) if pk is not None]
    return SKU.objects.filter(pk__in=pks).update(**values)


def put_on_sale(*, sku_ids: Iterable[str]) -> int:
    """Put SKUs on sale; how many."""
    return change_skus(sku_ids=sku_ids, on_sale=True)


def take_off_sale(*, sku_ids: Iterable[str]) -> int:
    """Take SKUs off sale: their pages become a 410 and every list drops them; how many."""
    return change_skus(sku_ids=sku_ids, on_sale=False)
