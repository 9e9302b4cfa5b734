"""The settings of dailyfresh-cart, each with its default: `DAILYFRESH_CART = {...}` in Django's settings."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

from dailyfresh_core.conf import Conf, Shared

NAME = "DAILYFRESH_CART"


class Settings(Conf, name=NAME):
    CATALOGUE: str = ""
    """Dotted path of the site's catalogue: a class whose `find(sku_ids)` gives sku_id -> Purchasable."""

    PROMOTIONS: str | None = None
    """Dotted path of the `dailyfresh_core.protocols.Pricing` that takes something off; None when goods cost what the catalogue says."""

    FIRST_ORDER: str | None = None
    """Dotted path of a function that says of a user whether the next order is the first; None shows what is for first orders at checkout only."""

    STORE: dict[str, Any] = {"BACKEND": "dailyfresh_cart.stores.redis.RedisStore", "OPTIONS": {"alias": "cart"}}
    """Where carts are kept: {"BACKEND": dotted class, "OPTIONS": its keyword arguments}."""

    CHECKOUT_URL: str | None = None
    """Name of the URL that takes ?sku_id=...&sku_id=...; None shows no checkout button."""

    SHOP_URL: str = "/"
    """Name of a URL, or a path, where an empty cart sends its owner."""

    MAX_QUANTITY: int = 999
    """The most pieces of one line, where the product itself sets no lower limit."""

    MAX_LINES: int = 100
    """The most lines of one cart."""

    LOW_STOCK: int = Shared.LOW_STOCK
    """A line says "only n left" from this many pieces on."""

    FREE_DELIVERY_FROM: Decimal | str | None = None
    """Goods total from which delivery is free, for the hint on the page; None shows no hint."""

    FREE_DELIVERY: str | None = None
    """Dotted path of a function of the request that gives it as a Decimal, or None, where it differs by district."""

    GUESTS: bool = True
    """Whether visitors who are not signed in have a cart."""

    GUEST_DAYS: int = 30
    """Days that a guest's cart and its cookie live after the last change."""

    GUEST_COOKIE: str = "dailyfresh_cart"
    """Name of the signed cookie that names a guest's cart."""

    MERGE_POLICY: Literal["sum", "max", "replace"] = "sum"
    """What signing in does with the guest's lines."""

    TRUSTED_PROXIES: Sequence[str] = Shared.TRUSTED_PROXIES
    """Networks of the proxies whose `X-Forwarded-For` is believed: a visitor's changes and new carts are counted by the address."""

    JQUERY_URL: str | None = Shared.JQUERY_URL
    """Static path of jQuery; None when the site loads its own (3.7 or newer)."""


conf: Settings = Settings()
