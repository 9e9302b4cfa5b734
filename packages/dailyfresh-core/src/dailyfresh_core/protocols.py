"""What more than one package asks of a site: its goods. Typing is structural, so nothing here is inherited or imported by a site.

A class that fits is named by a dotted path in each package's setting; `manage.py dailyfresh_check_joins` asks it on real ids.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol


class Purchasable(Protocol):
    """One thing that can be bought, as it is at this moment."""

    @property
    def sku_id(self) -> str:
        """What it is asked for by, as text: a number, a slug, a UUID. 1 to 64 characters of printable ASCII, no space around them."""

    @property
    def name(self) -> str:
        """What a buyer reads. An order keeps the first 120 characters."""

    @property
    def unit_price(self) -> Decimal:
        """The price of one, from 0 on, in the shared CURRENCY with its places (two; none for JPY). Never a float."""

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
    """The site's products, whatever model they are."""

    def find(self, sku_ids: Iterable[str]) -> Mapping[str, Purchasable]:
        """sku_id -> what is sold under it, in one statement.

        An id counts only when it reads exactly as its product's. Ids that nothing goes by are absent, and raise nothing: they come from visitors.
        """
        ...
