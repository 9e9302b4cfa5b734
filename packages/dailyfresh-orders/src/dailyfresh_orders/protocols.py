"""What the orders ask of the site beside a catalogue (`dailyfresh_core.protocols`): a basket, an address book, promotions, delivery.

Typing is structural: nothing has to be inherited or imported. `testing.CatalogueContract`, `BasketContract`, `AddressBookContract`,
`PromotionsContract` and `DeliveryContract` check a provider; the settings CATALOGUE, BASKET, ADDRESS_BOOK, PROMOTIONS and DELIVERY name it. It may have a `check()` that
gives system-check messages.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

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
    """Where an order is sent; the order keeps a copy of it.

    It may also have `district_code`, as in GB/T 2260 ("110108"; at most 12 characters): what a delivery tells its zones by.
    """

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


class Gated(Protocol):
    """Promotions that send most buyers of a flash sale away before anything is asked of the database; a provider need not be it."""

    def enter(self, *, sources: Sequence[str], quantities: Mapping[str, int], user: Any, token: str) -> Sequence[str]:
        """The sources of the quote `token` that this buyer cannot have now; [] lets in, the same quote again too. No statement."""
        ...

    def leave(self, *, sources: Sequence[str], token: str, placed: bool) -> None:
        """Whoever was let in is done, and has an order or has none."""
        ...


class Window(Protocol):
    """A time in which an order may come, or be fetched."""

    @property
    def id(self) -> str:
        """What it is asked for by: 1 to 64 characters."""

    @property
    def place(self) -> str:
        """Where it is fetched, as the buyer reads it: at most 200 characters; "" when it comes to the address."""

    @property
    def starts(self) -> datetime:
        """When the courier may come first, or the place opens for it."""

    @property
    def ends(self) -> datetime:
        """When it has come; later than `starts`, on the same day or after it."""

    @property
    def closes(self) -> datetime:
        """Until when it may be chosen; at this very moment no more."""

    @property
    def left(self) -> int | None:
        """How many more orders it takes; None: not said."""

    @property
    def open(self) -> bool:
        """Whether it may be chosen now, by an order of the weight that was asked for."""

    @property
    def why(self) -> str:
        """Why it may not be chosen, a sentence for the buyer; "" while it is open."""


class Delivery(Protocol):
    """When orders may come, how many in a window, and what that costs.

    `take`, `move` and `give_back` run in the order's own transaction, under its lock, and open none: what they write stands or falls with
    the order. Its rows are locked after those of the promotions and before the stock.
    """

    def choices(self, *, address: Address, grams: int, at: datetime) -> Sequence[Window]:
        """The windows for an order of so many grams to this address, those that are closed or full too; places to fetch it beside.

        One statement or two, however many. Empty when nothing is brought there, and nothing can be fetched.
        """
        ...

    def fee(self, window: Window, *, goods: Decimal) -> Decimal:
        """What bringing goods that come to so much costs in a window that `choices` gave: from 0 on, and without a statement."""
        ...

    def take(self, window: str, *, reference: str, grams: int, at: datetime) -> bool:
        """Hold a place for the order `reference`; False when the window is closed or full by now.

        One conditional statement decides, so that of two orders at once one has the last place.
        """
        ...

    def move(self, reference: str, window: str, *, at: datetime) -> bool:
        """Give the order's place back and take one in another window, both or nothing; False when that cannot be had."""
        ...

    def give_back(self, reference: str) -> None:
        """The order does not come: its place is free again, once however often it is called."""
        ...


class Counted(Protocol):
    """A delivery whose windows orders that nobody paid yet can be kept from filling (`HELD_SHARE`); a provider need not be it."""

    def lock(self, window: str) -> int | None:
        """How many more orders the window takes; None where that is not counted. Until the transaction ends, nobody else takes one.

        It locks the row that `take` and `move` decide by, or does nothing where they have locked it.
        """
        ...


class Certain(Protocol):
    """A delivery that can be asked for one window alone, as placing an order does; a provider need not be it."""

    def choice(self, window: str, *, address: Address, grams: int, at: datetime) -> Window | None:
        """That window of `choices`, also where it is closed or full; None where it is none of them."""
        ...
