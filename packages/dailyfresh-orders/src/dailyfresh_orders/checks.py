"""System checks: the joins, the strategies and the database under them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dailyfresh_core.checks import check_conf, check_media, check_tasks
from dailyfresh_core.http.frames import check_frame
from dailyfresh_core.joins import Join, WrongShape
from dailyfresh_core.pricing.money import currency
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router
from django.urls import NoReverseMatch, reverse

from .channels import channels
from .conf import NAME, conf
from .freight import freight
from .gateways import PaymentGateway, configured
from .joins import ADDRESS_BOOK, BASKET, CATALOGUE, DELIVERY, PROMOTIONS
from .models import Order
from .stock import stock

FROM_ONE = (
    "PAY_MINUTES",
    "RECEIVE_DAYS",
    "REVIEW_DAYS",
    "QUOTE_MINUTES",
    "MAX_LINES",
    "PAGE_SIZE",
    "REVIEW_PICTURE_BYTES",
)
"""Numbers that begin at 1; the others may be 0."""

LONG_WAIT = 10
"""Seconds from which waiting for a row lock keeps a worker too long."""
SHARE_HINT = "It must be a number above 0, at most 1, or None."
LOCK_WAIT = {
    "mysql": (
        "SELECT @@SESSION.innodb_lock_wait_timeout",
        '"init_command": "SET SESSION innodb_lock_wait_timeout = 5"',
    ),
    "postgresql": (
        "SELECT setting::integer / 1000.0 FROM pg_settings WHERE name = 'lock_timeout'",
        '"options": "-c lock_timeout=5s"',
    ),
}
"""Vendor -> what tells how many seconds a statement waits for a lock (0: without end), and the option that sets it."""


@register(Tags.compatibility)
def check_settings(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The settings dict is one that this package understands."""
    wrong = "dailyfresh_orders.E006"
    found = check_conf(conf, unknown="dailyfresh_orders.W001", wrong=wrong, least=dict.fromkeys(FROM_ONE, 1))
    gateways: object = conf.GATEWAYS
    if not isinstance(gateways, Mapping):
        found.append(Error(f"{NAME}['GATEWAYS'] is no dict.", hint="It must be a dict: code -> backend.", id=wrong))
    if conf.PUBLIC_URL is not None and not str(conf.PUBLIC_URL).startswith(("http://", "https://")):
        hint = 'It must be scheme and host ("https://shop.example"), or None.'
        found.append(Error(f"{NAME}['PUBLIC_URL'] is {conf.PUBLIC_URL!r}.", hint=hint, id=wrong))
    return found + check_tasks(NAME, conf.TASKS, id="dailyfresh_orders.W002")


@register(Tags.compatibility)
def check_joins(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """What the site joined can be made and has the methods that are called."""
    found = [message for join in (CATALOGUE, BASKET, ADDRESS_BOOK, PROMOTIONS, DELIVERY) for message in _join(join)]
    if DELIVERY.dotted and "FREIGHT" in (getattr(settings, NAME, None) or {}):
        hint = "The delivery says what sending costs: leave FREIGHT out."
        found.append(Error(f"{DELIVERY.where} and FREIGHT are both set.", hint=hint, id="dailyfresh_orders.E008"))
    return found + _shares()


def _shares() -> list[CheckMessage]:
    """Of HELD_SHARE, with a delivery and ways to pay that it can bound."""
    share = conf.HELD_SHARE
    if share is None:
        return []
    if not 0 < share <= 1:
        return [Error(f"{NAME}['HELD_SHARE'] is {share}.", hint=SHARE_HINT, id="dailyfresh_orders.E014")]
    try:
        by = DELIVERY.made() if DELIVERY.dotted else None
    except (ImproperlyConfigured, TypeError):
        return []  # _join says so
    if by is None or hasattr(by, "lock"):
        return []
    text = f"HELD_SHARE is {share}, and {DELIVERY.dotted} has no lock(): unpaid orders may hold whole windows."
    return [Warning(text, hint="`protocols.Counted` says what it must be.", id="dailyfresh_orders.W010")]


def _join(join: Join) -> Iterator[CheckMessage]:
    if join.dotted is None:
        if join is CATALOGUE:
            hint = f"Name a class in {join.where}; docs/contracts.md says what it must have."
            yield Error(f"{join.where} is not set.", hint=hint, id="dailyfresh_orders.E001")
        return
    try:
        joined = join.made()
    except WrongShape as error:
        hint = "See docs/contracts.md, and run its contract suite of dailyfresh_orders.testing over the class."
        yield Error(str(error), hint=hint, id="dailyfresh_orders.E003")
    except (ImproperlyConfigured, TypeError) as error:
        yield Error(str(error), hint="It must be the dotted path of a class.", id="dailyfresh_orders.E002")
    else:
        if callable(check := getattr(joined, "check", None)):
            yield from check()


@register(Tags.compatibility)
def check_pictures(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Pictures of reviews have a folder and an address."""
    return check_media("Pictures of reviews", id="dailyfresh_orders.W009") if conf.REVIEW_PICTURES else []


@register(Tags.urls)
def check_urls(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The pages of the package have addresses, and a frame with room for what they bring."""
    try:
        reverse("dailyfresh_orders:list")
    except NoReverseMatch:
        hint = 'Add path("orders/", include("dailyfresh_orders.urls")) to the URLconf.'
        return [Warning("The orders' URLs are not included in the site.", hint=hint, id="dailyfresh_orders.W007")]
    return check_frame(conf, "dailyfresh_orders/orders.css", "dailyfresh_orders/orders.js", id="dailyfresh_orders.W008")


@register(Tags.compatibility)
def check_backends(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The stock strategy, the freight rule and the gateways can be made, and find nothing wrong with themselves."""
    found: list[CheckMessage] = []
    usable = isinstance(conf.GATEWAYS, Mapping)  # else check_settings says so
    for makers in (
        lambda: [stock()] if conf.STOCK is not None else [],
        lambda: [freight()],
        configured if usable else list,
        lambda: list(channels().values()),
    ):
        try:
            for made in makers():
                found += made.check()
                if isinstance(made, PaymentGateway) and made.online and currency() not in made.currencies:
                    text = f'{NAME}["GATEWAYS"][{made.code!r}] takes {", ".join(made.currencies)}, and prices are in {currency()}.'
                    hint = 'The shared setting DAILYFRESH["CURRENCY"] says what prices are in; choose a gateway that takes it.'
                    found.append(Error(text, hint=hint, id="dailyfresh_orders.E007"))
        except ImproperlyConfigured as error:
            found.append(Error(str(error), hint=f"See {NAME}.", id="dailyfresh_orders.E004"))
    if not conf.GATEWAYS:
        hint = f'For example {NAME}["GATEWAYS"] = {{"cod": {{"BACKEND": "dailyfresh_orders.gateways.cod.CashOnDelivery"}}}}.'
        found.append(Warning("There is no way to pay: no order can be placed.", hint=hint, id="dailyfresh_orders.W003"))
    return found


@register(Tags.database)
def check_database(
    app_configs: Iterable[AppConfig] | None, databases: Iterable[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The database keeps what the strategies rely on."""
    try:
        strategy = stock()
        used = router.db_for_write(strategy.model)
    except ImproperlyConfigured:
        return []  # check_backends says so
    if used not in (databases or ()):
        return []
    found: list[CheckMessage] = []
    if used != router.db_for_write(Order):
        found.append(
            Error(
                f"Stock is kept in database {used!r} and orders in {router.db_for_write(Order)!r}.",
                hint="One transaction must hold both.",
                id="dailyfresh_orders.E005",
            )
        )
    connection = connections[used]
    options = connection.settings_dict.get("OPTIONS", {})
    if connection.vendor == "sqlite" and str(options.get("transaction_mode", "")).upper() not in (
        "IMMEDIATE",
        "EXCLUSIVE",
    ):
        found.append(
            Warning(
                "SQLite begins transactions without the right to write: two buyers at once see “database is locked”.",
                hint='Set OPTIONS = {"transaction_mode": "IMMEDIATE"} in DATABASES.',
                id="dailyfresh_orders.W004",
            )
        )
    isolation = str(options.get("isolation_level", "read committed")).replace("-", " ").lower()
    if connection.vendor == "mysql" and strategy.needs_read_committed and isolation != "read committed":
        found.append(
            Warning(
                f"Under {isolation.upper()} an optimistic retry reads an old snapshot, and falls back to locks.",
                hint='Leave isolation_level at Django\'s default, "read committed", or choose ConditionalStock.',
                id="dailyfresh_orders.W005",
            )
        )
    if connection.vendor == "mysql" and conf.HELD_SHARE is not None and isolation != "read committed":
        found.append(
            Warning(
                f"Under {isolation.upper()} orders that are moved or placed at the same instant may hold more than HELD_SHARE.",
                hint='Leave isolation_level at Django\'s default, "read committed".',
                id="dailyfresh_orders.W011",
            )
        )
    return found


@register(Tags.database)
def check_lock_wait(
    app_configs: Iterable[AppConfig] | None, databases: Iterable[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A buyer whose goods are locked hears soon that the shop is busy."""
    used = router.db_for_write(Order)
    if used not in (databases or ()) or connections[used].vendor not in LOCK_WAIT:
        return []
    asked, option = LOCK_WAIT[connections[used].vendor]
    with connections[used].cursor() as cursor:
        cursor.execute(asked)
        (seconds,) = cursor.fetchone()
    if 0 < seconds <= LONG_WAIT:
        return []
    long = f"{seconds} s" if seconds else "without end"
    message = f"A web worker may wait {long} for a locked row."
    return [Warning(message, hint=f"Set OPTIONS = {{{option}}} in DATABASES.", id="dailyfresh_orders.W006")]
