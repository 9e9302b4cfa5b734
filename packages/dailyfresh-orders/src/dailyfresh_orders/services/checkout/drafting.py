"""An order as it will be written: what the quote says, copied into its columns."""

import secrets
from datetime import datetime
from typing import Any

from dailyfresh_core.pricing.money import currency
from django.utils.translation import get_language

from ...checkout.quotes import BASKET, Quote
from ...days import today
from ...models import ADDRESS, Adjustment, Order
from ...protocols import Address
from ..limits import payable_until
from ..transitions import received


def drafted(
    user: Any,
    quote: Quote,
    address: Address | None,
    payment_method: str,
    note: str,
    wish: str,
    online: bool,
    now: datetime,
    turn: int | None,
) -> Order:
    """The order that a quote becomes, with a number of its own drawn anew."""
    online = online and quote.total > 0  # nothing to pay is paid
    window = quote.timing.chosen
    expires_at = payable_until(window.closes if window else None, at=now) if online else None
    order = Order(
        number=new_number(),
        token=quote.key,
        user=user,
        state=Order.State.AWAITING_PAYMENT if online else Order.State.TO_SHIP,
        requires_shipping=quote.requires_shipping,
        payment_method=payment_method,
        goods_total=quote.goods_total,
        discount=quote.sum_of(Adjustment.Kind.DISCOUNT),
        fees=quote.sum_of(Adjustment.Kind.FEE),
        freight=quote.freight,
        total=quote.total,
        currency=currency(),
        note=note,
        wish=wish or Order.Wish.REFUND,
        language=get_language() or "",
        placed_at=now,
        expires_at=expires_at,
        due_at=expires_at,
        sold_at=None if online else now,
        basket_due=True if quote.source == BASKET else None,
        turn=turn,
    )
    if address and quote.requires_shipping:
        for field in ADDRESS:
            setattr(order, field, getattr(address, field))
        order.district_code = getattr(address, "district_code", "")
    if window:
        order.window, order.place = window.id, window.place
        order.window_starts, order.window_ends, order.window_closes = window.starts, window.ends, window.closes
    if not (online or quote.requires_shipping):
        order.state = Order.State.RECEIVED
        for field, value in received().items():
            setattr(order, field, value)
    return order


def new_number() -> str:
    """The day and 14 random digits: not guessable, and no counter for processes and machines to share.

    At a million orders a day two meet about once in half a year; the unique column notices, and `place_order` draws again.
    """
    return f"{today():%y%m%d}{secrets.randbelow(10**14):014d}"
