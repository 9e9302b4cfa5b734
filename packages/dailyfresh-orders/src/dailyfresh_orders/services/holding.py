"""What the site's promotions and delivery hold for an order: taken when it is placed, used when it is paid, given back when it is over.

The state that the order leaves is the guard, so of two callers one does it. The stock is locked after it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from dailyfresh_core.days import said
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..checkout.quotes import Quote
from ..checkout.signed_quotes import Claim
from ..exceptions import NotMovable, QuoteChanged
from ..joins import delivery, promotions
from ..models import Order
from ..protocols import Window
from ..signals import order_asked
from .locking import LockedOrder

logger: logging.Logger = logging.getLogger(__name__)
GONE = gettext_noop("“%(label)s” is over, or holds no more for this order.")


@contextmanager
def at_the_gate(claim: Claim, user: Any) -> Iterator[None]:
    """Inside, an order is tried that the promotions' gate let in, if they have one; QuoteChanged, before any statement, where it did not."""
    shop: Any = promotions()
    if not claim.offers or not hasattr(shop, "enter"):  # `protocols.Gated`
        yield
        return
    sources = list(claim.offers)
    if refused := shop.enter(sources=sources, quantities=claim.quantities, user=user, token=claim.key):
        raise QuoteChanged([_(GONE) % {"label": claim.offers[source][0]} for source in refused])
    placed = False
    try:
        yield
        placed = True
    finally:
        shop.leave(sources=sources, token=claim.key, placed=placed)


def hold_offers(order: Order, quote: Quote) -> None:
    """Hold for the order what its offers stand for; QuoteChanged, which rolls all of it back, when somebody was faster."""
    shop = promotions()
    if shop is None or not quote.extras.offers:
        return
    try:
        refused = shop.take(quote.extras.offered.answer, user=order.user, reference=order.number, at=order.placed_at)
        if order.payable <= 0 and not refused:
            shop.used(order.number)
    except DatabaseError:  # a lost race is run again
        raise
    except Exception as error:
        logger.exception("The offers of an order could not be taken")
        raise QuoteChanged([_("Offers cannot be had at the moment.")]) from error
    if refused:
        called = {share.source: share.label for share in quote.shares}
        raise QuoteChanged([_(GONE) % {"label": called.get(source, source)} for source in refused])


def hold_window(order: Order, quote: Quote) -> None:
    """Hold its place in the chosen window; QuoteChanged when somebody had the last one, or it closed."""
    by, window = delivery(), quote.timing.chosen
    if by is None or window is None:
        return
    try:
        taken = by.take(window.id, reference=order.number, grams=quote.grams, at=order.placed_at)
    except DatabaseError:  # a lost race is run again
        raise
    except Exception as error:
        logger.exception("The window of an order could not be taken")
        raise QuoteChanged([_("Delivery times cannot be had at the moment. Please try again.")]) from error
    if not taken:
        raise QuoteChanged(
            [_("%(time)s is taken. Please choose another time.") % {"time": said(window.starts, window.ends)}]
        )


def move_window(order: LockedOrder, window: Window, *, at: datetime) -> bool:
    """Move the place of the order; False when the window closed, or somebody had its last one. Its row is locked after all of the order's."""
    by = delivery()
    try:
        return by is not None and by.move(order.number, window.id, at=at)
    except DatabaseError:  # a lost race is run again
        raise
    except Exception as error:
        logger.exception("The window of an order could not be moved")
        raise NotMovable(_("Delivery times cannot be had at the moment. Please try again.")) from error


def places_left(order: Order) -> int | None:
    """How many more orders its window takes, which is locked until the transaction ends; None where the delivery does not say, or cannot.

    Where it cannot, it has logged why: nobody's order waits for that.
    """
    by: Any = delivery()
    if not order.window or not hasattr(by, "lock"):  # `protocols.Counted`
        return None
    try:
        left: int | None = by.lock(order.window)
    except DatabaseError:  # a lost race is run again
        raise
    except Exception:
        logger.exception("The window of an order could not be counted")
        return None
    return left


def use_offers(order: LockedOrder) -> None:
    if shop := promotions():
        shop.used(order.number)


def let_go(order: LockedOrder, *, why: str) -> None:
    """`why` as `protocols.Promotions.give_back` knows it; an order that was sent had its window."""
    if shop := promotions():
        shop.give_back(order.number, why=why)
    if order.window and why != "refunded_after" and (by := delivery()):
        by.give_back(order.number)


def refused(order: LockedOrder, what: str) -> str:
    """Why the site, or an app of it, does not let this step through; "" when it does."""
    answers = (said for _receiver, said in order_asked.send(Order, order=order, step=what))
    return next((str(said) for said in answers if said), "")
