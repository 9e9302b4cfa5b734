"""What the site's promotions hold for a locked order: its payment uses it, and it is given back when the order is over.

The state that the order leaves is the guard, so of two callers one does it. The stock is locked after it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..claims import Claim
from ..exceptions import QuoteChanged
from ..joins import promotions
from ..protocols import Gated
from .locking import LockedOrder

GONE = gettext_noop("“%(label)s” is over, or holds no more for this order.")


@contextmanager
def at_the_gate(claim: Claim, user: Any) -> Iterator[None]:
    """Inside, an order is tried that the promotions' gate let in, if they have one; QuoteChanged, before any statement, where it did not."""
    shop: Any = promotions()
    if not claim.offers or not isinstance(shop, Gated):
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


def use_offers(order: LockedOrder) -> None:
    if shop := promotions():
        shop.used(order.number)


def give_offers_back(order: LockedOrder, *, why: str) -> None:
    """`why` as `protocols.Promotions.give_back` knows it."""
    if shop := promotions():
        shop.give_back(order.number, why=why)
