"""System checks of the cart's settings; those that ask the server run with `check --deploy`."""

import re
from collections.abc import Iterator
from decimal import Decimal, DecimalException
from typing import Any

from dailyfresh_core.checks import check_conf
from dailyfresh_core.http.frames import check_frame
from dailyfresh_core.loading import imported
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse

from .catalogue import catalogue
from .conf import NAME, conf
from .exceptions import CartUnavailable
from .selectors.offers import PROMOTIONS
from .stores import store

TAG = "dailyfresh_cart"
COOKIE_NAME = re.compile(r"[\w.-]+", re.ASCII)
LEAST = {"MAX_QUANTITY": 1, "MAX_LINES": 1, "GUEST_DAYS": 1}


@register(TAG)
def check_settings(**_: Any) -> list[CheckMessage]:
    """What the settings alone can tell."""
    messages = check_conf(conf, unknown=f"{TAG}.W001", wrong=f"{TAG}.E003", least=LEAST)
    return [*messages, *_catalogue(), *_promotions(), *_store(), *_texts(), *_urls()]


@register(TAG, deploy=True)
def check_server(**_: Any) -> list[CheckMessage]:
    """What the store's server says of itself."""
    try:
        return store().check_server()
    except ImproperlyConfigured:  # check_settings has said so
        return []
    except CartUnavailable as error:
        return [Warning(f"The cart store does not answer: {error}", id=f"{TAG}.W005")]


def _catalogue() -> Iterator[CheckMessage]:
    dotted: object = conf.CATALOGUE
    if not isinstance(dotted, str):
        return
    hint = "Name a class whose find(sku_ids) returns a dict sku_id -> product; dailyfresh_core.protocols shows it."
    try:
        catalogue()
    except (ImproperlyConfigured, TypeError) as error:
        yield Error(f'{NAME}["CATALOGUE"] gives no catalogue: {error}', hint=hint, id=f"{TAG}.E001")


def _promotions() -> Iterator[CheckMessage]:
    dotted: object = conf.PROMOTIONS
    if isinstance(dotted, str):
        try:
            joined = PROMOTIONS.made()
        except (ImproperlyConfigured, TypeError) as error:
            hint = "Name a class whose price(…) gives an offer; dailyfresh_core.protocols shows it. None: no offers."
            yield Error(f'{NAME}["PROMOTIONS"] gives no offers: {error}', hint=hint, id=f"{TAG}.E006")
        else:
            if callable(check := getattr(joined, "check", None)):
                yield from check()
    if isinstance(first := conf.FIRST_ORDER, str):
        try:
            imported(first, where=f'{NAME}["FIRST_ORDER"]')
        except ImproperlyConfigured as error:
            hint = "Name a function that is asked with a user and says True for the first order; None asks nobody."
            yield Error(str(error), hint=hint, id=f"{TAG}.E006")


def _store() -> list[CheckMessage]:
    try:
        return store().check()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="The README lists the stores and their OPTIONS.", id=f"{TAG}.E002")]


def _texts() -> Iterator[CheckMessage]:
    """Texts that must be more than text. Here and below, `check_conf` has told what is none."""
    if isinstance(name := conf.GUEST_COOKIE, str) and not COOKIE_NAME.fullmatch(name):
        hint = "It takes the name of a cookie: letters, digits, - and _."
        yield Error(f'{NAME}["GUEST_COOKIE"] is {name!r}.', hint=hint, id=f"{TAG}.E003")
    if not _is_amount(amount := conf.FREE_DELIVERY_FROM):
        hint = 'It takes an amount, as "59.00", or None.'
        yield Error(f'{NAME}["FREE_DELIVERY_FROM"] is {amount!r}.', hint=hint, id=f"{TAG}.E003")


def _is_amount(value: Any) -> bool:
    try:
        amount = Decimal(0 if value is None else value)
    except (DecimalException, TypeError, ValueError):
        return False
    return amount.is_finite() and amount >= 0


def _urls() -> Iterator[CheckMessage]:
    if conf.CHECKOUT_URL and not _leads_somewhere(conf.CHECKOUT_URL, named=True):
        text = f'{NAME}["CHECKOUT_URL"] is {conf.CHECKOUT_URL!r}, which names no URL without arguments.'
        yield Error(text, hint="It is the name of a URL; None shows no checkout button.", id=f"{TAG}.E004")
    if not _leads_somewhere(conf.SHOP_URL):
        text = f'{NAME}["SHOP_URL"] is {conf.SHOP_URL!r}, which is neither a path nor the name of a URL.'
        yield Error(text, hint='It is where an empty cart leads, as "/".', id=f"{TAG}.E004")
    if not _leads_somewhere("dailyfresh_cart:cart", named=True):
        hint = 'Add path("cart/", include("dailyfresh_cart.urls")) to the URLconf.'
        yield Warning("The cart's URLs are not included in the site.", hint=hint, id=f"{TAG}.W002")
    else:
        yield from check_frame(conf, "dailyfresh_cart/cart.css", "dailyfresh_cart/cart.js", id=f"{TAG}.W007")


def _leads_somewhere(to: object, *, named: bool = False) -> bool:
    """`named`: only the name of a URL will do."""
    if not isinstance(to, str):
        return True
    try:
        reverse(to) if named else resolve_url(to)
    except NoReverseMatch:
        return False
    return True
