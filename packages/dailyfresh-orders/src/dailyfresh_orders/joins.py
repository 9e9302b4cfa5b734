"""The catalogue, the basket and the address book that the site joined, by the dotted paths in its settings."""

from django.core.exceptions import ImproperlyConfigured

from .conf import NAME, conf
from .loading import imported
from .protocols import AddressBook, Basket, Catalogue


def catalogue() -> Catalogue:
    if conf.CATALOGUE is None:
        raise ImproperlyConfigured(f"{NAME}[CATALOGUE] must name a catalogue.")
    made: Catalogue = imported(conf.CATALOGUE, where="CATALOGUE")()
    return made


def basket() -> Basket | None:
    """None when the site sells without a basket."""
    if conf.BASKET is None:
        return None
    made: Basket = imported(conf.BASKET, where="BASKET")()
    return made


def address_book() -> AddressBook:
    if conf.ADDRESS_BOOK is None:
        raise ImproperlyConfigured(f"{NAME}[ADDRESS_BOOK] must name an address book.")
    made: AddressBook = imported(conf.ADDRESS_BOOK, where="ADDRESS_BOOK")()
    return made
