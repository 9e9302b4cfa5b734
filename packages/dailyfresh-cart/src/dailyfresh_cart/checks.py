"""System checks of the cart's settings; those that ask the server run with `check --deploy`."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal, DecimalException
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse

from .catalogue import catalogue
from .conf import NAME, conf
from .exceptions import CartUnavailable
from .stores import store

TAG = "dailyfresh_cart"
POLICIES = ("sum", "max", "replace")
COOKIE_NAME = re.compile(r"[\w.-]+", re.ASCII)


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
    except (ImproperlyConfigured, ImportError, AttributeError, TypeError) as error:
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
    for key, (fits, wanted) in VALUES.items():
        if not fits(value := getattr(conf, key)):
            yield Error(f'{NAME}["{key}"] is {value!r}.', hint=f"It takes {wanted}.", id=f"{TAG}.E003")


def _whole(least: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least


def _writes_prices(value: Any) -> bool:
    try:
        return bool(value.format(Decimal("1.00")) != value.format(Decimal("2.00")))
    except (ValueError, IndexError, KeyError, AttributeError, TypeError):
        return False


def _is_amount(value: Any) -> bool:
    try:
        amount = Decimal(value)
    except (DecimalException, TypeError, ValueError):
        return False
    return amount.is_finite() and amount >= 0


def _is_cookie_name(value: Any) -> bool:
    return isinstance(value, str) and COOKIE_NAME.fullmatch(value) is not None


VALUES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "MAX_QUANTITY": (_whole(1), "a whole number from 1"),
    "MAX_LINES": (_whole(1), "a whole number from 1"),
    "LOW_STOCK": (_whole(0), "a whole number from 0"),
    "FREE_DELIVERY_FROM": (lambda value: value is None or _is_amount(value), 'an amount, as "59.00", or None'),
    "PRICE_FORMAT": (_writes_prices, 'a format string for one Decimal, as "¥{:,.2f}"'),
    "GUESTS": (lambda value: isinstance(value, bool), "True or False"),
    "GUEST_DAYS": (_whole(1), "a whole number from 1"),
    "GUEST_COOKIE": (_is_cookie_name, "the name of a cookie: letters, digits, - and _"),
    "MERGE_POLICY": (lambda value: value in POLICIES, f"one of {', '.join(POLICIES)}"),
    "JQUERY_URL": (lambda value: value is None or (isinstance(value, str) and value != ""), "a static path, or None"),
}
"""What each setting takes, where no other check asks."""


def _urls() -> Iterable[CheckMessage]:
    if conf.CHECKOUT_URL:
        try:
            reverse(conf.CHECKOUT_URL)
        except NoReverseMatch:
            text = f'{NAME}["CHECKOUT_URL"] is {conf.CHECKOUT_URL!r}, which names no URL without arguments.'
            yield Error(text, hint="It is the name of a URL; None shows no checkout button.", id=f"{TAG}.E004")
    try:
        resolve_url(conf.SHOP_URL)
    except (NoReverseMatch, TypeError):
        text = f'{NAME}["SHOP_URL"] is {conf.SHOP_URL!r}, which is neither a path nor the name of a URL.'
        yield Error(text, hint='It is where an empty cart leads, as "/".', id=f"{TAG}.E004")
    try:
        reverse("dailyfresh_cart:cart")
    except NoReverseMatch:
        hint = 'Add path("cart/", include("dailyfresh_cart.urls")) to the URLconf.'
        yield Warning("The cart's URLs are not included in the site.", hint=hint, id=f"{TAG}.W002")
