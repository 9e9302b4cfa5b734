"""What the cart gets: the offers of the site, asked as the confirm page asks, so that both show one price."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from dailyfresh_core.joins import Join
from dailyfresh_core.loading import imported
from dailyfresh_core.pricing.measures import grams_of
from dailyfresh_core.pricing.offers import AUTO, Goods, groups_of, offered
from dailyfresh_core.protocols import Pricing
from django.http import HttpRequest
from django.utils import timezone

from ..conf import NAME, conf
from .carts import Cart
from .lines import NOTHING, CartLine

PROMOTIONS = Join(conf, "PROMOTIONS", Pricing, "promotions")


def priced(cart: Cart, *, user: Any) -> Cart:
    """The cart with what its selected lines get, with the best coupon of this user (None: a visitor), without freight."""
    if not PROMOTIONS.dotted or not cart.selected:
        return cart
    found = offered(
        PROMOTIONS,
        [_goods(line) for line in cart.selected],
        user=user,
        first_order=lambda: _first_order(user),
        coupon=AUTO,
        freight=lambda goods: NOTHING,
        at=timezone.now(),
    )
    lines = (replace(line, why=found.why(line.sku_id)) if line.selected else line for line in cart.lines)
    return replace(cart, lines=tuple(lines), offered=found)


def free_from(request: HttpRequest) -> Decimal | None:
    """From what goods total on delivery is free for this visitor, as the site says it; None where it does not."""
    if conf.FREE_DELIVERY is None:
        return None if conf.FREE_DELIVERY_FROM is None else Decimal(conf.FREE_DELIVERY_FROM)
    given: Decimal | None = imported(conf.FREE_DELIVERY, where=f'{NAME}["FREE_DELIVERY"]')(request)
    return given


def _first_order(user: Any) -> bool:
    if user is None or conf.FIRST_ORDER is None:
        return False
    return bool(imported(conf.FIRST_ORDER, where=f'{NAME}["FIRST_ORDER"]')(user))


def _goods(line: CartLine) -> Goods:
    groups = groups_of(line.product) if line.product else ()
    grams = grams_of(line.quantity, line.measure)
    return Goods(line.sku_id, groups, line.unit_price, line.quantity, line.subtotal, line.estimated, grams)
