"""What the orders ask of the site beside a catalogue (`dailyfresh_core.protocols`): a basket, an address book, promotions.

Typing is structural: nothing has to be inherited or imported. `testing.CatalogueContract`, `BasketContract`, `AddressBookContract` and
`PromotionsContract` check a provider; the settings CATALOGUE, BASKET, ADDRESS_BOOK and PROMOTIONS name it. It may have a `check()` that
gives system-check messages.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from dailyfresh_core.protocols import Offer, Pricing


class Basket(Protocol):
    """What users have chosen. It may also have `add(user, {sku_id: quantity})`: then "buy again" is offered."""

    def lines(self, user: Any, sku_ids: Iterable[str] | None = None) -> Mapping[str, int]:
        """sku_id -> quantity (1 or more) in the user's basket, in its order: pieces, or `measures.Grams` of what was sold by weight.

        With `sku_ids` only those of them that are in it; ids that are not are absent. None: all. What is raised while it cannot be read is
        said to the buyer as "please try again".
        """
        ...

    def settle(self, user: Any, ordered: Mapping[str, int], reference: str) -> None:
        """Take sku_id -> quantity, pieces or Grams, off the basket; what was added later stays.

        Once for each `reference` (the order's number), however often it is called. What is raised is logged, and it is called again.
        """
        ...


class Address(Protocol):
    """Where an order is sent; the order keeps a copy of it."""

    @property
    def id(self) -> str:
        """What it is asked for by: 1 to 64 characters."""

    @property
    def receiver(self) -> str:
        """Who receives the parcel. At most 60 characters."""

    @property
    def phone(self) -> str:
        """The number that a courier calls. At most 32 characters."""

    @property
    def province_code(self) -> str:
        """What `ProvinceFreight` tells provinces by, as in GB/T 2260 ("110000"); "" where there is none. At most 12 characters."""

    @property
    def province(self) -> str:
        """Province or state; "" where there is none. At most 40 characters."""

    @property
    def city(self) -> str:
        """City; "" where the street says it. At most 40 characters."""

    @property
    def district(self) -> str:
        """District; "" where there is none. At most 40 characters."""

    @property
    def street(self) -> str:
        """The rest of the address. At most 200 characters."""

    @property
    def postcode(self) -> str:
        """Post code; "" where there is none. At most 12 characters."""


class AddressBook(Protocol):
    """The addresses of users. A site that sends nothing has none.

    It may also have `edit_url(address_id, next)`: then each address on the confirm page leads to where it is edited.
    """

    def choices(self, user: Any) -> Sequence[Address]:
        """The user's addresses, the default first; empty where there are none. One statement."""
        ...

    def get(self, user: Any, address_id: str) -> Address | None:
        """One address of this user. None: it is not theirs, is gone, or no address goes by this id; nothing is raised."""
        ...

    def manage_url(self, next: str) -> str:
        """Path of the page where the user adds an address, coming back to `next` (a path with a query) afterwards."""
        ...


class Promotions(Pricing, Protocol):
    """Offers that an order takes, uses and gives back: coupons, limits, budgets.

    Everything here but `price` runs in the order's own transaction, under its lock, and opens none: what it writes stands or falls with the
    order. Its rows are locked after the order's, its payments and refunds, and before the stock.
    """

    def take(self, offer: Offer, *, user: Any, reference: str, at: datetime) -> Sequence[str]:
        """Hold for the order `reference` what the offer of `price` stands for; gives the sources that could not be had.

        Each is one conditional statement, so that of two orders at once one has the last use. When anything is given the transaction is
        rolled back, and `price` does not offer it again. Raises only what the database raises.
        """
        ...

    def used(self, reference: str) -> None:
        """The order is paid: what it holds is used. Nothing happens for an order that holds nothing."""
        ...

    def give_back(self, reference: str, *, why: str) -> None:
        """The order is over, and what it held or used is free again, once however often it is called.

        `why` is "unpaid" (its time is over), "cancelled" (by the buyer) or "shop" (by staff) when nothing was paid, "refunded_before" or
        "refunded_after" it was sent when all of it went back.
        """
        ...


@runtime_checkable
class Gated(Protocol):
    """Promotions that send most buyers of a flash sale away before anything is asked of the database; a provider need not be it."""

    def enter(self, *, sources: Sequence[str], quantities: Mapping[str, int], user: Any, token: str) -> Sequence[str]:
        """The sources of the quote `token` that this buyer cannot have now; [] lets in, the same quote again too. No statement."""
        ...

    def leave(self, *, sources: Sequence[str], token: str, placed: bool) -> None:
        """Whoever was let in is done, and has an order or has none."""
        ...
