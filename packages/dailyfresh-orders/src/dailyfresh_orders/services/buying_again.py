"""Buying the goods of an old order once more."""

from ..joins import catalogue
from ..models import Order


def still_sold(*, order: Order) -> dict[str, int]:
    """sku_id -> quantity of the order's goods that are sold today, as much of each as there is; the rest is left out."""
    wanted = {line.sku_id: line.quantity for line in order.lines.all()}
    found = catalogue().find(wanted)
    possible = {
        sku_id: min(quantity, item.available, quantity if item.limit is None else item.limit)
        for sku_id, quantity in wanted.items()
        if (item := found.get(sku_id)) is not None and item.on_sale
    }
    return {sku_id: quantity for sku_id, quantity in possible.items() if quantity > 0}
