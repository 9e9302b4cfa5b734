"""The catalogue, the basket and the address book that the site joined, by the dotted paths in its settings."""

from typing import Any

from dailyfresh_core.loading import imported
from django.core.exceptions import ImproperlyConfigured

from .conf import NAME, conf
from .protocols import AddressBook, Basket, Catalogue, Purchasable

_whole: set[tuple[object, type]] = set()
"""(the class that a setting names, a class of what it gave): those that were found to have every attribute."""


def catalogue() -> Catalogue:
    made: Catalogue = _joined("CATALOGUE", "a catalogue")
    return made


def basket() -> Basket | None:
    """None when the site sells without a basket."""
    made: Basket | None = None if conf.BASKET is None else _joined("BASKET", "a basket")
    return made


def address_book() -> AddressBook | None:
    """None when the site sends nothing to an address."""
    made: AddressBook | None = None if conf.ADDRESS_BOOK is None else _joined("ADDRESS_BOOK", "an address book")
    return made


def check_served(item: Purchasable) -> None:
    """ImproperlyConfigured when the site has set up nothing for what the item asks for: its stock, or an address to send it to."""
    if item.available is not None and conf.STOCK is None:
        raise ImproperlyConfigured(
            f'{NAME}["STOCK"] is None, and of {item.name!r} {item.available} are available: name a strategy that counts them, '
            "or let the catalogue say None, which is without limit."
        )
    if item.requires_shipping and conf.ADDRESS_BOOK is None:
        raise ImproperlyConfigured(
            f'{NAME}["ADDRESS_BOOK"] is None, and {item.name!r} requires shipping: name an address book, or let the catalogue say False.'
        )


def _joined(setting: str, what: str) -> Any:
    dotted = getattr(conf, setting)
    if dotted is None:
        raise ImproperlyConfigured(f'{NAME}["{setting}"] must name {what}.')
    return imported(dotted, where=f'{NAME}["{setting}"]')()


def check_answer(given: object, protocol: type, *, setting: str) -> None:
    """ImproperlyConfigured when what a join gave lacks an attribute of its protocol; looks once for each class."""
    joined, kind = getattr(conf, setting), type(given)
    if (joined, kind) in _whole:
        return
    missing = [name for name, is_ in vars(protocol).items() if isinstance(is_, property) and not hasattr(given, name)]
    if missing:
        raise ImproperlyConfigured(
            f'{NAME}["{setting}"]: what {joined} gives, a {kind.__name__}, has no {", ".join(missing)}; '
            f"dailyfresh_orders.protocols.{protocol.__name__} lists what it must have."
        )
    _whole.add((joined, kind))
