"""What the cart asks of the site: one catalogue. Typing is structural, so nothing here is inherited."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol


class Purchasable(Protocol):
    """One product as it can be bought now."""

    @property
    def sku_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def unit(self) -> str: ...
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
    """The site's products, whatever model they are."""

    def find(self, sku_ids: Iterable[str]) -> Mapping[str, Purchasable]:
        """sku_id -> product, in one statement; ids that name no product are absent, never an error."""
        ...
