"""The settings of dailyfresh-orders, each with its default: `DAILYFRESH_ORDERS = {...}` in Django's settings."""

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.conf import settings

NAME = "DAILYFRESH_ORDERS"


class Defaults:
    TASKS: str | None = None
    """"celery" or "inline"; None means inline unless the site configured a Celery app."""

    JQUERY_URL: str | None = "dailyfresh_orders/vendor/jquery-4.0.0.min.js"
    """Static path of jQuery; None when the site loads its own (3.7 or newer)."""

    CATALOGUE: str | None = None
    """Dotted path of the `Catalogue` that prices come from."""

    BASKET: str | None = None
    """Dotted path of the `Basket` that orders are placed from; None when everything is bought directly."""

    ADDRESS_BOOK: str | None = None
    """Dotted path of the `AddressBook` of the buyers."""

    STOCK: dict[str, Any] | None = None
    """The stock strategy: {"BACKEND": "dailyfresh_orders.stock.conditional.ConditionalStock", "OPTIONS": {"model": ...}}."""

    FREIGHT: dict[str, Any] = {"BACKEND": "dailyfresh_orders.freight.flat.FlatFreight", "OPTIONS": {"amount": "0.00"}}
    """The rule that freight is computed by."""

    GATEWAYS: dict[str, dict[str, Any]] = {}
    """Ways to pay: code -> {"BACKEND": ..., "OPTIONS": {...}}, in the order in which buyers see them."""

    PAY_MINUTES: int = 30
    """Minutes until an unpaid order is cancelled; cash on delivery is exempt."""

    RECEIVE_DAYS: int = 7
    """Days after shipping until an order counts as received."""

    REVIEW_DAYS: int = 15
    """Days after receipt until an order counts as done without a review."""

    QUOTE_MINUTES: int = 120
    """Minutes for which a confirm page may be submitted; its prices are checked again in any case."""

    MAX_LINES: int = 100
    """The most lines that an order may have."""

    PAGE_SIZE: int = 10
    """Orders on a page of the list; reviews on a page of a SKU."""

    REVIEWS_MODERATED: bool = False
    """Whether a review is shown only after staff approved it."""

    REVIEW_PICTURES: int = 6
    """The most pictures that a review may have."""

    REVIEW_PICTURE_BYTES: int = 5 * 1024 * 1024
    """The largest picture file that a review takes."""

    LOW_STOCK: int = 10
    """Stock below which the dashboard names a SKU."""

    PUBLIC_URL: str | None = None
    """Scheme and host under which gateways and browsers reach the site ("https://shop.example"); None takes the request's."""

    ALLOW_LOOPBACK_SIMULATOR: bool = False
    """Lets a gateway use http on a loopback address: for the payment simulator in development, and for nothing else."""

    PAY_GRACE_SECONDS: int = 120
    """Seconds after a payment's expiry until one that the gateway never heard of counts as unpaid."""

    REFUND_DAYS: int = 15
    """Days after receipt in which a buyer may ask for a refund."""


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
