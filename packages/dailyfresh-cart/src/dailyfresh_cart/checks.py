"""System checks of the cart's settings; those that ask the server run with `check --deploy`."""

from collections.abc import Iterable
from decimal import Decimal, DecimalException
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

from .catalogue import catalogue
from .conf import NAME, conf
from .exceptions import CartUnavailable
from .stores import store

TAG = "dailyfresh_cart"
POLICIES = ("sum", "max", "replace")


def register_all() -> None:
    """Called once, when the app is ready."""
    register(check_settings, TAG)
    register(check_server, TAG, deploy=True)


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """What the settings alone can tell."""
    return [*_unknown(), *_catalogue(), *_store(), *_values(), *_urls()]


def check_server(**kwargs: Any) -> list[CheckMessage]:
    """What the store's server says of itself."""
    try:
        return store().check_server()
    except ImproperlyConfigured:  # check_settings has said so
        return []
    except CartUnavailable as error:
        return [Warning(f"The cart store does not answer: {error}", id=f"{TAG}.W005")]


def _unknown() -> Iterable[CheckMessage]:
    for key, nearest in conf.unknown().items():
        hint = f"Did you mean {nearest}?" if nearest else f"The settings are listed in {TAG}.conf."
        yield Warning(f'{NAME}["{key}"] is no setting of the cart.', hint=hint, id=f"{TAG}.W001")


def _catalogue() -> Iterable[CheckMessage]:
    hint = "Name a class whose find(sku_ids) returns a dict sku_id -> product; dailyfresh_cart.protocols shows it."
    try:
        found = catalogue()
    except (ImproperlyConfigured, ImportError, TypeError) as error:
        yield Error(f'{NAME}["CATALOGUE"] gives no catalogue: {error}', hint=hint, id=f"{TAG}.E001")
        return
    if not callable(getattr(found, "find", None)):
        yield Error(f'{NAME}["CATALOGUE"] ({conf.CATALOGUE}) has no method find.', hint=hint, id=f"{TAG}.E001")


def _store() -> Iterable[CheckMessage]:
    try:
        return store().check()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="The README lists the stores and their OPTIONS.", id=f"{TAG}.E002")]


def _values() -> Iterable[CheckMessage]:
    if conf.MERGE_POLICY not in POLICIES:
        text = f'{NAME}["MERGE_POLICY"] is {conf.MERGE_POLICY!r}, not one of {", ".join(POLICIES)}.'
        yield Error(text, id=f"{TAG}.E003")
    for key in ("MAX_QUANTITY", "MAX_LINES", "GUEST_DAYS"):
        value = getattr(conf, key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            yield Error(f'{NAME}["{key}"] is {value!r}, not a whole number from 1.', id=f"{TAG}.E003")
    try:
        conf.PRICE_FORMAT.format(Decimal("1.00"))
    except (ValueError, IndexError, KeyError, AttributeError) as error:
        text = f'{NAME}["PRICE_FORMAT"] cannot format a price: {error}'
        yield Error(text, hint='It is a format string for one Decimal, as "¥{:,.2f}".', id=f"{TAG}.E003")
    if conf.FREE_DELIVERY_FROM is not None:
        try:
            Decimal(conf.FREE_DELIVERY_FROM)
        except (DecimalException, TypeError, ValueError):
            text = f'{NAME}["FREE_DELIVERY_FROM"] is {conf.FREE_DELIVERY_FROM!r}, no amount.'
            yield Error(text, id=f"{TAG}.E003")


def _urls() -> Iterable[CheckMessage]:
    if conf.CHECKOUT_URL:
        try:
            reverse(conf.CHECKOUT_URL)
        except NoReverseMatch:
            text = f'{NAME}["CHECKOUT_URL"] is {conf.CHECKOUT_URL!r}, which names no URL without arguments.'
            yield Error(text, hint="It is the name of a URL; None shows no checkout button.", id=f"{TAG}.E004")
    try:
        reverse("dailyfresh_cart:cart")
    except NoReverseMatch:
        hint = 'Add path("cart/", include("dailyfresh_cart.urls")) to the URLconf.'
        yield Warning("The cart's URLs are not included in the site.", hint=hint, id=f"{TAG}.W002")
