"""What the site's promotions hold for a locked order: its payment uses it, and it is given back when the order is over.

The state that the order leaves is the guard, so of two callers one does it. The stock is locked after it.
"""

from ..joins import promotions
from .locking import LockedOrder


def use_offers(order: LockedOrder) -> None:
    if shop := promotions():
        shop.used(order.number)


def give_offers_back(order: LockedOrder, *, why: str) -> None:
    """`why` as `protocols.Promotions.give_back` knows it."""
    if shop := promotions():
        shop.give_back(order.number, why=why)
