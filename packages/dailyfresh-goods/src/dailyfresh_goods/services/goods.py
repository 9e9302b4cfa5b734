"""Changes of the merchant that do not come through a form."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When

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


def add_stock(*, sku_id: str, pieces: int) -> None:
    """Put pieces into the stock, or take some out when negative, whatever was sold meanwhile; it ends at 0."""
    # An unsigned column: a number below 0 is an error even on the way to a larger one.
    less = Case(When(stock__lte=-pieces, then=Value(0)), default=F("stock") + pieces)
    change_skus(sku_ids=[sku_id], stock=F("stock") + pieces if pieces > 0 else less)


def put_on_sale(*, sku_ids: Iterable[str]) -> int:
    """Put SKUs on sale; how many."""
    return change_skus(sku_ids=sku_ids, on_sale=True)


def take_off_sale(*, sku_ids: Iterable[str]) -> int:
    """Take SKUs off sale: their pages become a 410 and every list drops them; how many."""
    return change_skus(sku_ids=sku_ids, on_sale=False)
