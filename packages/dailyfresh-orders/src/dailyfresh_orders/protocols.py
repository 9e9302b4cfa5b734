"""What the package asks of the site: a catalogue, a basket and an address book.

Typing is structural: nothing has to be inherited or imported. `testing.CatalogueContract`, `BasketContract`
and `AddressBookContract` check a provider; the settings CATALOGUE, BASKET and ADDRESS_BOOK name it. It may have a `check()` that gives system-check messages.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol


class Purchasable(Protocol):
    """A thing that can be bought, as it is now."""

    @property
    def sku_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def unit(self) -> str: ...
    @property
    def image_name(self) -> str: ...
    @property
    def image_url(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def on_sale(self) -> bool: ...
    @property
    def available(self) -> int | None: ...
    @property
    def limit(self) -> int | None: ...
    @property
    def requires_shipping(self) -> bool: ...


class Catalogue(Protocol):
    def find(self, sku_ids: Iterable[str]) -> Mapping[str, Purchasable]:
        """sku_id -> what is sold under it, in one statement; ids that nothing is sold under are absent."""
        ...


class Basket(Protocol):
    def lines(self, user: Any, sku_ids: Iterable[str] | None = None) -> Mapping[str, int]:
        """sku_id -> quantity in the user's basket, in its order; only those asked for when given."""
        ...

    def settle(self, user: Any, ordered: Mapping[str, int], reference: str) -> None:
        """Take what was ordered off the basket, once per reference; what was added later stays."""
        ...


class Address(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def receiver(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def province_code(self) -> str: ...
    @property
    def province(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def district(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def postcode(self) -> str: ...


class AddressBook(Protocol):
    def choices(self, user: Any) -> Sequence[Address]:
        """The user's addresses, the default first."""
        ...

    def get(self, user: Any, address_id: str) -> Address | None:
        """One address of this user; None when it is not theirs or gone."""
        ...

    def manage_url(self, next: str) -> str:
        """Where the user adds an address, coming back to `next` afterwards."""
        ...
