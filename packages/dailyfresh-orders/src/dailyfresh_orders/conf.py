"""The settings of dailyfresh-orders, each with its default: `DAILYFRESH_ORDERS = {...}` in Django's settings."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dailyfresh_core.conf import Conf, Shared

NAME = "DAILYFRESH_ORDERS"


class Settings(Conf, name=NAME):
    TASKS: str | None = Shared.TASKS
    """"celery" or "inline"; None means inline unless the site configured a Celery app."""

    JQUERY_URL: str | None = Shared.JQUERY_URL
    """Static path of jQuery; None when the site loads its own (3.7 or newer)."""

    CATALOGUE: str | None = None
    """Dotted path of the `Catalogue` that prices come from."""

    BASKET: str | None = None
    """Dotted path of the `Basket` that orders are placed from; None when everything is bought directly."""

    ADDRESS_BOOK: str | None = None
    """Dotted path of the `AddressBook` of the buyers; None when nothing is sent to an address."""

    PROMOTIONS: str | None = None
    """Dotted path of the `Promotions` that take something off; None when goods cost what the catalogue says."""

    DELIVERY: str | None = None
    """Dotted path of the `Delivery` that says when an order may come, and what that costs; None when it is sent without asking when."""

    STOCK: dict[str, Any] | None = None
    """The stock strategy: {"BACKEND": "dailyfresh_orders.stock.conditional.ConditionalStock", "OPTIONS": {"model": ...}}; None when
    nothing is counted."""

    FREIGHT: dict[str, Any] = {"BACKEND": "dailyfresh_orders.freight.flat.FlatFreight", "OPTIONS": {"amount": "0.00"}}
    """The rule that freight is computed by, where there is no DELIVERY."""

    GATEWAYS: dict[str, dict[str, Any]] = {}
    """Ways to pay: code -> {"BACKEND": ..., "OPTIONS": {...}}, in the order in which buyers see them."""

    FIND_ORDERS: bool = False
    """Whether an order can be looked at by its number and its mobile number, without its account."""

    TRUSTED_PROXIES: Sequence[str] = Shared.TRUSTED_PROXIES
    """Networks of the proxies whose `X-Forwarded-For` is believed ("10.0.0.0/8"; "unix" for a socket)."""

    INVOICE_TITLES: int = 0
    """Invoice titles (发票抬头) that one account may keep, to choose from at the checkout; 0 asks for none."""

    CHANNELS: dict[str, dict[str, Any]] = {
        "shop": {"BACKEND": "dailyfresh_orders.channels.InShop"},
        "mail": {"BACKEND": "dailyfresh_core.channels.MailChannel"},
    }
    """Ways to tell buyers and staff what becomes of an order: code -> {"BACKEND": ..., "OPTIONS": {...}}; {} tells nobody anything."""

    STAFF_LETTERS: int | None = 30
    """Letters an hour about one kind of event that one of the staff gets by one channel: the last tells of all that wait; None for any number."""

    SITE_NAME: str = Shared.SITE_NAME
    """The shop's name in messages; empty means the host of PUBLIC_URL."""

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

    OPEN_UNPAID: int | None = 5
    """The most orders that one buyer may have waiting for payment; None for any number."""

    OPEN_ON_DELIVERY: int | None = 5
    """The most orders on their way that one buyer pays on delivery; None for any number."""

    OPEN_ON_DELIVERY_TOTAL: Decimal | str | None = "3000.00"
    """What these may come to together; None for any sum."""

    OPEN_IN_WINDOW: int | None = None
    """The most orders that are not paid yet that one buyer may have in one delivery window; None for any number."""

    PIECES: tuple[int, int] | None = (100, 24)
    """(pieces, hours): how many of one SKU a buyer may order in this time; None for any number."""

    HELD_SHARE: float | None = None
    """The share (0 to 1) of a SKU's stock, and of a delivery window's places, that orders waiting for payment may hold, and of the rest those
    that are paid on delivery where one can pay online; None for all of it."""

    OVER_PERCENT: int = 15
    """How much heavier than ordered something may be packed before the picker is asked; it costs the buyer no more. For `fulfilment`."""

    GOOD_DAYS: int = 0
    """How many days longer than the day of its delivery a batch is to be good to be packed. For `fulfilment`."""

    PAGE_SIZE: int = 10
    """Orders on a page of the list; reviews on a page of a SKU."""

    REVIEWS_MODERATED: bool = False
    """Whether a review is shown only after staff approved it."""

    REVIEW_PICTURES: int = 6
    """The most pictures that a review may have."""

    REVIEW_PICTURE_BYTES: int = 5 * 1024 * 1024
    """The largest picture file that a review takes."""

    LOW_STOCK: int = Shared.LOW_STOCK
    """The last stock of which the dashboard says that it is low."""

    PUBLIC_URL: str | None = None
    """Scheme and host under which gateways and browsers reach the site ("https://shop.example"); None takes the request's, and messages
    carry no link then."""

    ALLOW_LOOPBACK_SIMULATOR: bool = False
    """Lets a gateway use http on a loopback address: for the payment simulator in development, and for nothing else."""

    PAY_GRACE_SECONDS: int = 120
    """Seconds after a payment's expiry until one that the gateway never heard of counts as unpaid."""

    RETURN_AT_ONCE: Decimal | str | None = None
    """The most that a buyer is paid back at once for goods that came bad, with a picture of them; None: staff decide about each."""

    RETURNS_A_MONTH: int = 3
    """For how many of these in a calendar month; more wait for staff."""

    REFUND_DAYS: int = 15
    """Days after receipt in which a buyer may ask for a refund."""


conf = Settings()
