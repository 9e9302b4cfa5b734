"""Changes of the merchant that do not come through a form."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from ..models import SKU
from ..selectors import pk_of
from .stock import mark_stock_changed


def change_skus(*, sku_ids: Iterable[str], **values: Any) -> int:
    """Set columns of many SKUs at once, with all that follows for pages and search; how many rows there were."""
    pks = [pk for pk in map(pk_of, sku_ids) if pk is not None]
    with transaction.atomic():
        count = SKU.objects.filter(pk__in=pks).update(**values)
        if "stock" in values:
            mark_stock_changed(sku_ids=map(str, pks))
    return count


def put_on_sale(*, sku_ids: Iterable[str]) -> int:
    """Put SKUs on sale; how many."""
    return change_skus(sku_ids=sku_ids, on_sale=True)


def take_off_sale(*, sku_ids: Iterable[str]) -> int:
    """Take SKUs off sale: their pages become a 410 and every list drops them; how many."""
    return change_skus(sku_ids=sku_ids, on_sale=False)
