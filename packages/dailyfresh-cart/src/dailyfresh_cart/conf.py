"""The settings of dailyfresh-cart, each with its default: `DAILYFRESH_CART = {...}` in Django's settings."""

from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.conf import settings

NAME = "DAILYFRESH_CART"


class Defaults:
    CATALOGUE: str = ""
    """Dotted path of the site's catalogue: a class whose `find(sku_ids)` gives sku_id -> Purchasable."""

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

    LOW_STOCK: int = 5
    """A line says "only n left" from this many pieces on."""

    FREE_DELIVERY_FROM: Decimal | str | None = None
    """Goods total from which delivery is free, for the hint on the page; None shows no hint."""

    PRICE_FORMAT: str = "¥{:,.2f}"
    """How a price is written: a format string for one Decimal."""

    GUESTS: bool = True
    """Whether visitors who are not signed in have a cart."""

    GUEST_DAYS: int = 30
    """Days that a guest's cart and its cookie live after the last change."""

    GUEST_COOKIE: str = "dailyfresh_cart"
    """Name of the signed cookie that names a guest's cart."""

    MERGE_POLICY: str = "sum"
    """What signing in does with the guest's lines: "sum", "max" or "replace"."""

    JQUERY_URL: str | None = "dailyfresh_cart/vendor/jquery-4.0.0.min.js"
    """Static path of jQuery; None when the site loads its own (3.7 or newer)."""


# ---- below this line the file is the same in every package of the suite ----


class _Settings:
    """Reads the package's dict in Django's settings, at every access, over the defaults above."""

    @property
    def given(self) -> dict[str, Any]:
        """What the site wrote, without the defaults."""
        return dict(getattr(settings, NAME, {}))

    def unknown(self) -> dict[str, str | None]:
        """Keys that are no setting of this package -> the nearest one that is, or None."""
        known = [key for key in vars(Defaults) if key.isupper()]
        return {key: next(iter(get_close_matches(key, known, n=1)), None) for key in self.given if key not in known}

    def __getattr__(self, key: str) -> Any:
        if not key.isupper() or not hasattr(Defaults, key):
            raise AttributeError(f"{NAME} has no setting {key!r}")
        return getattr(settings, NAME, {}).get(key, getattr(Defaults, key))


class _Conf(_Settings, Defaults if TYPE_CHECKING else object):  # type: ignore[misc]
    """The settings with the types of their defaults."""


conf = _Conf()
