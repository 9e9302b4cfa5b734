"""What the views answer: to a script the envelope, to a browser without JavaScript a message and the next page."""

import logging
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import wraps
from typing import Any

from dailyfresh_core.http.answers import (
    address_of,
    envelope,
    safe_next,
    sign_in_first,
    too_often,
    unavailable,
    wants_json,
)
from dailyfresh_core.pricing.measures import Measured, in_json
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from .conf import conf
from .exceptions import CartError, CartUnavailable, LineRefused, SignInRequired, TooOften
from .forms import sealed
from .owners import remember_guest
from .refusals import REFUSALS, message_of
from .selectors import Cart
from .selectors.lines import CartLine
from .selectors.offers import free_from, priced
from .services import Removed
from .stores.base import Owner

View = Callable[..., HttpResponse]
logger: logging.Logger = logging.getLogger(__name__)


def looking(view: View) -> View:
    """A page or an answer that is one visitor's own."""
    return never_cache(_answering(require_GET(view)))


def changing(view: View) -> View:
    """A change of the cart."""
    return _answering(require_POST(view))


def _answering(view: View) -> View:
    """For anybody: a refusal becomes its answer, and a guest whose cart was changed keeps the cookie."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except (CartError, ValidationError) as error:
            return refused(request, error)
        remember_guest(request, response)
        return response

    return login_not_required(answered)


def done(request: HttpRequest, code: str, message: str, data: dict[str, Any]) -> HttpResponse:
    """The answer to a change that was made."""
    if wants_json(request):
        return envelope(data, code=code, message=message)
    if message:
        messages.success(request, message, fail_silently=True)
    return HttpResponseRedirect(next_url(request, undo=data.get("undo", "")))


def changed(request: HttpRequest, code: str, message: str, after: Cart, **more: str) -> HttpResponse:
    """The cart after a change."""
    return done(request, code, message, {**shown_data(request, after), **more})


def removed(request: HttpRequest, gone: Removed, owner: Owner) -> HttpResponse:
    """The cart without what was taken out, and what brings it back."""
    n = len(gone.lines)
    message = ngettext("%(n)d product removed.", "%(n)d products removed.", n) % {"n": n} if n else ""
    return changed(request, "removed", message, gone.cart, undo=sealed(gone.lines, owner) if n else "")


def refused(request: HttpRequest, error: CartError | ValidationError) -> HttpResponse:
    """The answer to a change that was not made."""
    if isinstance(error, SignInRequired):
        return sign_in_first(request, default=resolve_url("dailyfresh_cart:cart"))
    if isinstance(error, TooOften):
        return too_often(request, error.retry_after)
    text = message_of(error)
    if isinstance(error, CartUnavailable):
        logger.error("the cart is unavailable: %s", error)
    if not wants_json(request):
        messages.error(request, text, fail_silently=True)
        return HttpResponseRedirect(next_url(request))
    if isinstance(error, LineRefused):
        code, status = REFUSALS[type(error)]
        data = {"sku_id": error.sku_id, "allowed": in_json(error.allowed), "in_cart": in_json(error.in_cart)}
        return envelope(data, code=code, message=text, status=status)
    if isinstance(error, ValidationError):
        return envelope(code=error.code or "invalid", message=text, status=400)
    return unavailable(text)


def next_url(request: HttpRequest, *, undo: str = "") -> str:
    """Where a browser without JavaScript goes next: `next` when it leads to this host, else the cart."""
    cart = resolve_url("dailyfresh_cart:cart")
    # A longer address might be cut off on its way; then there is no undo without JavaScript.
    return safe_next(request, default=f"{cart}?undo={undo}" if undo and len(undo) < 1800 else cart)


def login_url() -> str:
    """The sign-in page, and back to the cart."""
    return redirect_to_login(resolve_url("dailyfresh_cart:cart")).url


def page_context(request: HttpRequest, cart: Cart) -> dict[str, Any]:
    """What the templates of a cart need, with the offers that its owner gets."""
    return _context(request, _priced(request, cart))


def _context(request: HttpRequest, cart: Cart) -> dict[str, Any]:
    return {
        "cart": cart,
        "login_url": "" if request.user.is_authenticated else login_url(),
        "checkout": bool(conf.CHECKOUT_URL),
        "shop_url": address_of(conf.SHOP_URL),
    }


def _priced(request: HttpRequest, cart: Cart) -> Cart:
    user = request.user if request.user.is_authenticated else None
    return priced(replace(cart, free_from=free_from(request)), user=user)


def shown_data(request: HttpRequest, cart: Cart) -> dict[str, Any]:
    """A cart as JSON, and rendered for the cart page, which asks with `page=1`."""
    cart = _priced(request, cart)
    data = cart_data(cart)
    if (request.POST if request.method == "POST" else request.GET).get("page"):
        data["html"] = render_to_string("dailyfresh_cart/_cart.html", _context(request, cart), request)
    return data


def cart_data(cart: Cart) -> dict[str, Any]:
    """A cart as JSON; money is a string with two places, in the site's currency."""
    return {
        "count": cart.count,
        "pieces": cart.pieces,
        "goods_total": money(cart.goods_total),
        "total": money(cart.total),
        "offers": [[label, money(amount)] for label, amount in cart.offered.taken_off],
        "offers_away": cart.offered.away,
        "hints": [{"text": hint.text, "url": hint.url} for hint in cart.offered.hints],
        "all_selected": cart.all_selected,
        "free_delivery_missing": money(cart.free_delivery_missing) if cart.free_delivery_from is not None else None,
        "lines": [line_data(line) for line in cart.lines],
    }


def line_data(line: CartLine) -> dict[str, Any]:
    """One line as JSON."""
    return {
        "sku_id": line.sku_id,
        "name": line.product.name if line.product else "",
        "unit": line.product.unit if line.product else "",
        "url": line.product.url if line.product else "",
        "image_url": line.product.image_url if line.product else "",
        "unit_price": money(line.unit_price),
        "price_change": money(line.price_change),
        "quantity": in_json(line.quantity),
        "allowed": in_json(line.allowed),
        "measure": {name: getattr(line.measure, name) for name in Measured.__slots__},
        "subtotal": money(line.subtotal),
        "payable": money(line.payable),
        "why": [[label, money(amount)] for label, amount in line.why],
        "selected": line.selected,
        "state": line.state,
    }


def money(amount: Decimal) -> str:
    return f"{amount:.2f}"
