"""The catalogue, the basket and the address book that the site joined, by the dotted paths in its settings."""

from django.core.exceptions import ImproperlyConfigured

from .conf import NAME, conf
from .loading import imported
from .protocols import AddressBook, Basket, Catalogue

_whole: set[tuple[object, type]] = set()
"""(the class that a setting names, a class of what it gave): those that were found to have every attribute."""


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


def check_answer(given: object, protocol: type, *, setting: str) -> None:
    """ImproperlyConfigured when what a join gave lacks an attribute of its protocol; looks once for each class."""
    joined, kind = getattr(conf, setting), type(given)
    if (joined, kind) in _whole:
        return
    missing = [name for name, is_ in vars(protocol).items() if isinstance(is_, property) and not hasattr(given, name)]
    if missing:
        raise ImproperlyConfigured(
            f"{NAME}[{setting}]: what {joined} gives, a {kind.__name__}, has no {', '.join(missing)}; "
            f"dailyfresh_orders.protocols.{protocol.__name__} lists what it must have."
        )
    _whole.add((joined, kind))
