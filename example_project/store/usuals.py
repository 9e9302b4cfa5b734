"""What a buyer orders again and again, out of what the orders remember and the catalogue still sells."""

from typing import Any

from dailyfresh_goods.selectors import cards_on_sale
from dailyfresh_orders.checkout.standing import usual_of
from dailyfresh_orders.selectors import orders_of


def usuals_of(user: Any) -> dict[str, Any]:
    """The goods that the user orders most often, as far as they are on sale, and the latest order beside them."""
    cards = cards_on_sale(usual_of(user))
    return {"cards": cards, "order": orders_of(user).first() if cards else None}
