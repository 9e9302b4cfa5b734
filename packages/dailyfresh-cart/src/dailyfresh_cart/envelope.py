"""The one shape of every answer to AJAX, and its twin for a browser without JavaScript."""

import logging
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from .exceptions import (
    CartError,
    CartFull,
    CartUnavailable,
    LineRefused,
    OffSale,
    OutOfStock,
    OverLimit,
    SignInRequired,
    UnknownProduct,
)
from .owners import remember_guest
from .selectors import Cart, CartLine

logger = logging.getLogger(__name__)

OUTCOMES: dict[type[CartError], tuple[str, int]] = {
    SignInRequired: ("login_required", 401),
    UnknownProduct: ("unknown_sku", 404),
    OffSale: ("off_sale", 409),
    OutOfStock: ("out_of_stock", 409),
    OverLimit: ("over_limit", 409),
    CartFull: ("cart_full", 409),
    CartUnavailable: ("unavailable", 503),
}
"""Each refusal's code and HTTP status."""


def wants_json(request: HttpRequest) -> bool:
    """jQuery's $.ajax asks for JSON first; a browser that follows a form asks for HTML."""
    return request.get_preferred_type(["application/json", "text/html"]) != "text/html"


def done(request: HttpRequest, code: str, message: str, data: dict[str, Any]) -> HttpResponse:
    """The answer to a change that was made."""
    if wants_json(request):
        return _envelope(True, code, message, data, 200)
    if message:
        messages.success(request, message, fail_silently=True)
    return HttpResponseRedirect(next_url(request, undo=data.get("undo", "")))


def refused(request: HttpRequest, error: CartError | ValidationError) -> HttpResponse:
    """The answer to a change that was not made."""
    if isinstance(error, ValidationError):
        code, status, text, data = error.code or "invalid", 400, error.messages[0], {}
    else:
        (code, status), text, data = OUTCOMES[type(error)], message_of(error), _data_of(error)
    if isinstance(error, CartUnavailable):
        logger.error("the cart is unavailable: %s", error)
    if wants_json(request):
        return _envelope(False, code, text, data, status)
    if isinstance(error, SignInRequired):
        return HttpResponseRedirect(data["login_url"])
    messages.error(request, text, fail_silently=True)
    return HttpResponseRedirect(next_url(request))


def answering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Every refusal of a view becomes its answer, and a guest whose cart was changed keeps the cookie."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except (CartError, ValidationError) as error:
            return refused(request, error)
        remember_guest(request, response)
        return response

    return answered


def next_url(request: HttpRequest, *, undo: str = "") -> str:
    """Where a browser without JavaScript goes next: `next` when it leads to this host, else the cart."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    cart = resolve_url("dailyfresh_cart:cart")
    # A longer address might be cut off on its way; then there is no undo without JavaScript.
    return f"{cart}?undo={undo}" if undo and len(undo) < 1800 else cart


def login_url() -> str:
    """The sign-in page, and back to the cart."""
    return f"{resolve_url(settings.LOGIN_URL)}?next={resolve_url('dailyfresh_cart:cart')}"


def message_of(error: CartError) -> str:
    """The refusal in the buyer's words."""
    if isinstance(error, LineRefused):
        values = {"name": error.name, "n": error.allowed, "in_cart": error.in_cart}
        return _line_message(error) % values
    if isinstance(error, SignInRequired):
        return _("Please sign in first.")
    return _("Your cart does not answer at the moment. Nothing is lost; please try again soon.")


def _line_message(error: LineRefused) -> str:
    # Who sets a quantity asks for just so many, whatever the line holds.
    adds_to_some = error.adding and error.in_cart
    match error:
        case UnknownProduct():
            return _("This product does not exist.")
        case OffSale():
            return _("“%(name)s” is not for sale at the moment.")
        case CartFull():
            return _("Your cart is full: it holds %(n)d different products.")
        case OverLimit() if adds_to_some:
            return _("You can buy at most %(n)d of “%(name)s”, and %(in_cart)d are in your cart already.")
        case OverLimit():
            return _("You can buy at most %(n)d of “%(name)s”.")
        case _ if not error.allowed:
            return _("“%(name)s” is sold out.")
        case _ if adds_to_some:
            return _("Only %(n)d of “%(name)s” left, and %(in_cart)d in your cart already.")
    return _("Only %(n)d of “%(name)s” left.")


def _data_of(error: CartError) -> dict[str, Any]:
    if isinstance(error, LineRefused):
        return {"sku_id": error.sku_id, "allowed": error.allowed, "in_cart": error.in_cart}
    return {"login_url": login_url()} if isinstance(error, SignInRequired) else {}


def _envelope(ok: bool, code: str, message: str, data: dict[str, Any], status: int) -> JsonResponse:
    return JsonResponse({"ok": ok, "code": code, "message": message, "data": data}, status=status)


def cart_data(cart: Cart) -> dict[str, Any]:
    """A cart as JSON; money is a string with two places, in yuan."""
    return {
        "count": cart.count,
        "pieces": cart.pieces,
        "total": money(cart.total),
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
        "quantity": line.quantity,
        "allowed": line.allowed,
        "subtotal": money(line.subtotal),
        "selected": line.selected,
        "state": line.state,
    }


def money(amount: Decimal) -> str:
    return f"{amount:.2f}"
