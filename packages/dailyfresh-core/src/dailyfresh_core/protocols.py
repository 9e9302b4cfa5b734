"""What more than one package asks of a site: its goods, and its offers. Typing is structural: nothing here is inherited or imported by a site.

A class that fits is named by a dotted path in each package's setting; `manage.py dailyfresh_check_joins` asks it on real ids.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol


class Measure(Protocol):
    """How something is counted and priced; `measures.Measured` is one."""

    @property
    def sold_by(self) -> str:
        """Either "piece", or "weight": then every quantity of it is grams: what is wanted, available, the limit, what stock takes."""

    @property
    def priced_by(self) -> str:
        """Either "piece", or "weight". By weight and sold by the piece: what is agreed is an estimate by `nominal_grams`."""

    @property
    def price_grams(self) -> int:
        """How many grams `unit_price` is for, where it is priced by weight: 100, 500 or 1000."""

    @property
    def nominal_grams(self) -> int:
        """What a piece weighs, about; from 1 on where pieces are priced by weight, 0 where nobody knows."""

    @property
    def minimum(self) -> int:
        """The least that is taken into a cart or bought at once, from 1 on: a multiple of `step`. What is in a cart already stays."""

    @property
    def step(self) -> int:
        """What it is taken in multiples of, from 1 on."""


class Purchasable(Protocol):
    """One thing that can be bought, as it is at this moment.

    It may also have `groups`, a sequence of opaque words ("type:3", "brand:9") that the scopes of offers name, `storage`, how it is kept
    ("Frozen") in words for buyers, by which a cart groups its lines, and `measure`, a `Measure`: without one, or with None, it is sold and
    priced by the piece.
    """

    @property
    def sku_id(self) -> str:
        """What it is asked for by, as text: a number, a slug, a UUID. 1 to 64 characters of printable ASCII, no space around them."""

    @property
    def name(self) -> str:
        """What a buyer reads. An order keeps the first 120 characters."""

    @property
    def unit_price(self) -> Decimal:
        """The price of one, or of so many grams as its measure says, from 0 on, in the shared CURRENCY with its places (two; none for JPY). Never a float."""

    @property
    def unit(self) -> str:
        """What one is: "500g", "copy", "hour"; "" where there is nothing to say. An order keeps the first 40 characters."""

    @property
    def image_name(self) -> str:
        """The picture's name in the default storage, for orders to keep; "" without a picture. One of more than 200 characters is not kept."""

    @property
    def image_url(self) -> str:
        """Where a browser gets the picture now; "" without one."""

    @property
    def url(self) -> str:
        """The page of the product; "" where it has none."""

    @property
    def on_sale(self) -> bool:
        """Whether it is sold now; one off sale is given too, so that a cart can say so."""

    @property
    def available(self) -> int | None:
        """How many can be sold now, from 0 on. None: without limit, and no stock is taken."""

    @property
    def limit(self) -> int | None:
        """The most that one order may have, from 1 on. None: as many as there are."""

    @property
    def requires_shipping(self) -> bool:
        """Whether it is sent to an address. False for a course, a download, a ticket, a service: no address, no freight."""


class Catalogue(Protocol):
    """The site's products, whatever model they are.

    It may also have `similar(sku_id)`: what may be given in place of it, the likest first; whoever packs orders is shown the first of them.
    """

    def find(self, sku_ids: Iterable[str]) -> Mapping[str, Purchasable]:
        """sku_id -> what is sold under it, in one statement.

        An id counts only when it reads exactly as its product's. Ids that nothing goes by are absent, and raise nothing: they come from visitors.
        """
        ...


class Item(Protocol):
    """One line of a basket, as offers are worked out for it."""

    @property
    def sku_id(self) -> str:
        """As the catalogue calls it."""

    @property
    def groups(self) -> Sequence[str]:
        """What `Purchasable.groups` says; empty where it says nothing."""

    @property
    def unit_price(self) -> Decimal:
        """The catalogue's price: of one, or of so many grams."""

    @property
    def quantity(self) -> int:
        """Pieces, or grams of what is sold by weight."""

    @property
    def amount(self) -> Decimal:
        """What the line comes to before any offer, to the fen."""

    @property
    def measured(self) -> bool:
        """Whether it is priced by weight: offers that count pieces leave it out."""

    @property
    def grams(self) -> int:
        """What the line weighs; 0 where nobody knows."""


class Share(Protocol):
    """What one rule, coupon or fee does to a basket; an order writes a row for each line with a part in it."""

    @property
    def source(self) -> str:
        """Whose it is: "promotions:rule:12". 1 to 64 characters; what `take` may refuse, and what a changed quote is told apart by."""

    @property
    def kind(self) -> str:
        """One of "discount", "fee", "freight": which sum of the order it belongs to."""

    @property
    def label(self) -> str:
        """What the buyer reads, in the language of the moment: "满100减10". 1 to 120 characters; an order keeps it."""

    @property
    def returns(self) -> str:
        """How it comes back with refunds: "share" with its line, piece by piece; "last" with the last piece of its line, or of the
        order before it is sent; "never". Every discount is "share"; what stands on the order is "last" or "never"."""

    @property
    def amounts(self) -> Mapping[str, Decimal]:
        """sku_id -> yuan, to the fen, below 0 for what is taken off; "" is the order as a whole.

        A discount stands on lines and takes no line below 0; what stands on freight stands on "" and takes it not below 0.
        """


class Hint(Protocol):
    """What the buyer would get for a little more; it may have `reached`, per cent of the way, drawn by the cart as a bar."""

    @property
    def source(self) -> str:
        """Whose it would be, as `Share.source`."""

    @property
    def text(self) -> str:
        """A sentence in the language of the moment: "再买 ¥12 减 ¥10"."""

    @property
    def url(self) -> str:
        """Where the goods are that count; "" without such a page."""


class Choice(Protocol):
    """A coupon of the buyer beside this basket."""

    @property
    def number(self) -> str:
        """What is posted to choose it: 1 to 64 characters, neither "auto" nor "none"."""

    @property
    def label(self) -> str:
        """What it gives, in the language of the moment."""

    @property
    def saves(self) -> Decimal:
        """What the buyer pays less with it than without any, from 0 on; 0 where it cannot be used."""

    @property
    def chosen(self) -> bool:
        """Whether it is in the shares: at most one is."""

    @property
    def why(self) -> str:
        """Why it cannot be used here, a sentence; "" when it can."""

    @property
    def ends(self) -> datetime | None:
        """Until when it is good; None without an end."""


class Offer(Protocol):
    """What offers make of a basket."""

    @property
    def shares(self) -> Sequence[Share]:
        """In the order in which they were worked out. What takes nothing off is not among them."""

    @property
    def hints(self) -> Sequence[Hint]:
        """What a little more would bring, the nearest first."""

    @property
    def coupons(self) -> Sequence[Choice]:
        """The buyer's coupons, those that can be used here first; empty for a visitor."""

    @property
    def digest(self) -> str:
        """Another one when a rule behind the shares was edited: then the buyer is asked again, whatever the sums."""


class Pricing(Protocol):
    """Offers worked out: what the cart and the confirm page show by one and the same function."""

    def price(
        self,
        items: Sequence[Item],
        *,
        user: Any,
        first_order: Callable[[], bool],
        coupon: str,
        freight: Callable[[Decimal], Decimal],
        at: datetime,
    ) -> Offer:
        """What these items get at this moment, written nowhere. `user` is None for a visitor.

        `first_order` tells whether the buyer has no order yet: a statement, to be asked where an offer depends on it.
        `coupon` is "auto" (the best one), "none" or the number of one: a number that cannot be used, or is somebody else's, counts as
        "auto". `freight` tells what sending costs when the goods come to so much.
        """
        ...
