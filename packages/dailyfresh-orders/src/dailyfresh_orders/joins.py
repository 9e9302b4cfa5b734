"""The catalogue, the basket, the address book, the promotions and the delivery that the site joined, by the dotted paths in its settings.

What they give is judged by `protocols`: a WrongShape names what does not fit.
"""

from dailyfresh_core.joins import Join, WrongShape
from dailyfresh_core.protocols import Catalogue, Purchasable
from django.apps import apps

from .conf import NAME, conf
from .protocols import AddressBook, Basket, Delivery, Promotions

CATALOGUE = Join(conf, "CATALOGUE", Catalogue, "a catalogue")
BASKET = Join(conf, "BASKET", Basket, "a basket")
ADDRESS_BOOK = Join(conf, "ADDRESS_BOOK", AddressBook, "an address book")
PROMOTIONS = Join(conf, "PROMOTIONS", Promotions, "promotions")
DELIVERY = Join(conf, "DELIVERY", Delivery, "a delivery")


def catalogue() -> Catalogue:
    made: Catalogue = CATALOGUE.made()
    return made


def basket() -> Basket | None:
    """None when the site sells without a basket."""
    made: Basket | None = None if conf.BASKET is None else BASKET.made()
    return made


def address_book() -> AddressBook | None:
    """None when the site sends nothing to an address."""
    made: AddressBook | None = None if conf.ADDRESS_BOOK is None else ADDRESS_BOOK.made()
    return made


def promotions() -> Promotions | None:
    """None when the site takes nothing off."""
    made: Promotions | None = None if conf.PROMOTIONS is None else PROMOTIONS.made()
    return made


def delivery() -> Delivery | None:
    """None when the site sends without asking when."""
    made: Delivery | None = None if conf.DELIVERY is None else DELIVERY.made()
    return made


def check_served(item: Purchasable) -> None:
    """WrongShape when the site has set up nothing for what the item asks for: its stock, or an address to send it to."""
    if item.available is not None and conf.STOCK is None:
        raise WrongShape(
            f'{NAME}["STOCK"] is None, and of {item.name!r} {item.available} are available: name a strategy that counts them, '
            "or let the catalogue say None, which is without limit."
        )
    if item.requires_shipping and conf.ADDRESS_BOOK is None:
        raise WrongShape(
            f'{NAME}["ADDRESS_BOOK"] is None, and {item.name!r} requires shipping: name an address book, or let the catalogue say False.'
        )


def packs() -> bool:
    """Whether the site packs its orders with `fulfilment`: then something may be short, and the buyer is asked what becomes of it."""
    return apps.is_installed("dailyfresh_orders.fulfilment")
