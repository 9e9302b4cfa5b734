"""The cart's pages and its AJAX: receive, validate, process, respond."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from dailyfresh_core.http.answers import envelope
from dailyfresh_core.pricing.measures import in_json, measure_of
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from . import services
from .answers import changed, changing, done, login_url, looking, next_url, page_context, removed, shown_data
from .catalogue import allowed_of, find_products
from .conf import conf
from .exceptions import CartUnavailable
from .forms import AddForm, RemoveForm, RestoreForm, SelectForm, SetForm, UpdateForm, unsealed, valid
from .owners import owner_for_change, owner_of
from .selectors import Cart, cart_of, count_of, quantities_of
from .stores.base import SKU_ID


@looking
def cart(request: HttpRequest) -> HttpResponse:
    """The cart page; when the store is down it says so with status 503."""
    if not conf.GUESTS and not request.user.is_authenticated:
        return HttpResponseRedirect(login_url())
    try:
        context = page_context(request, cart_of(owner_of(request)))
    except CartUnavailable:
        return render(request, "dailyfresh_cart/unavailable.html", status=503)
    return render(request, "dailyfresh_cart/cart.html", {"undo": request.GET.get("undo", ""), **context})


@looking
def add_page(request: HttpRequest, sku_id: str) -> HttpResponse:
    """The small page that asks how many, where an "add" button is a link without JavaScript."""
    product = find_products([sku_id]).get(sku_id) if SKU_ID.fullmatch(sku_id) else None
    if product is None:
        raise Http404
    context = {"product": product, "allowed": allowed_of(product), "measure": measure_of(product), "once": uuid4().hex}
    return render(request, "dailyfresh_cart/add.html", {"next": request.GET.get("next", ""), **context})


@changing
def add(request: HttpRequest) -> HttpResponse:
    """So many pieces more: one statement, one question to the store."""
    wanted = valid(AddForm(request.POST))
    sku_id, owner = wanted["sku_id"], owner_for_change(request)
    outcome = services.add_to_cart(owner=owner, quantities={sku_id: wanted["quantity"]}, once=wanted["once"])
    data = {"sku_id": sku_id, "quantity": in_json(outcome.after[sku_id]), "count": outcome.count}
    return done(request, "added", _("Added to your cart."), data)


@changing
def set_(request: HttpRequest) -> HttpResponse:
    """Just so many pieces; 0 removes the line, with the answer of `remove`."""
    wanted = valid(SetForm(request.POST))
    sku_id, quantity, owner = wanted["sku_id"], wanted["quantity"], owner_for_change(request)
    if not quantity:
        return removed(request, services.remove_lines(owner=owner, sku_ids=[sku_id]), owner)
    return changed(request, "changed", "", services.set_quantity(owner=owner, sku_id=sku_id, quantity=quantity))


@changing
def remove(request: HttpRequest) -> HttpResponse:
    """These lines out; the answer carries what brings them back."""
    wanted = valid(RemoveForm(request.POST))
    owner = owner_for_change(request)
    return removed(request, services.remove_lines(owner=owner, sku_ids=wanted["sku_id"]), owner)


@changing
def clear_invalid(request: HttpRequest) -> HttpResponse:
    """Every line that cannot be bought out."""
    owner = owner_for_change(request)
    return removed(request, services.clear_invalid(owner=owner), owner)


@changing
def restore(request: HttpRequest) -> HttpResponse:
    """Undo a removal."""
    wanted = valid(RestoreForm(request.POST))
    owner = owner_for_change(request)
    after = services.restore_lines(owner=owner, lines=unsealed(wanted["undo"], owner))
    return changed(request, "restored", _("Back in your cart."), after)


@changing
def select(request: HttpRequest) -> HttpResponse:
    """Tick or untick lines."""
    wanted = valid(SelectForm(request.POST))
    owner = owner_for_change(request)
    after = services.select_lines(owner=owner, sku_ids=wanted["sku_id"], selected=wanted["selected"])
    return changed(request, "selected", "", after)


@changing
def update(request: HttpRequest) -> HttpResponse:
    """The page's form as one whole, for browsers without JavaScript and for the way to the checkout."""
    wanted = UpdateForm(request.POST).clean()
    owner = owner_for_change(request)
    match wanted.verb:
        case "remove":
            return removed(request, services.remove_lines(owner=owner, sku_ids=[wanted.sku_id]), owner)
        case "remove_selected":
            ticked = [sku_id for sku_id, mark in wanted.marks.items() if mark]
            return removed(request, services.remove_lines(owner=owner, sku_ids=ticked), owner)
        case "clear":
            return removed(request, services.clear_invalid(owner=owner), owner)
    after = services.change_lines(owner=owner, quantities=wanted.quantities, marks=wanted.marks)
    if wanted.verb == "checkout" and (checkout := conf.CHECKOUT_URL):
        return _to_checkout(request, after.cart, checkout)
    return removed(request, after, owner) if after.lines else changed(request, "changed", "", after.cart)


@looking
def lines(request: HttpRequest) -> HttpResponse:
    """The whole cart as JSON."""
    return envelope(shown_data(request, cart_of(owner_of(request))))


@looking
def mini(request: HttpRequest) -> HttpResponse:
    """The mini cart: the lines added last, rendered."""
    found = cart_of(owner_of(request))
    html = render_to_string("dailyfresh_cart/_mini.html", page_context(request, found), request)
    return envelope({"count": found.count, "html": html})


@looking
def count(request: HttpRequest) -> HttpResponse:
    """How many lines: one question to the store."""
    return envelope({"count": count_of(owner_of(request))})


@looking
def visitor(request: HttpRequest) -> HttpResponse:
    """What a static page asks about its visitor, where the site has no request of its own for it."""
    return envelope({"csrf": get_token(request), **visitor_data(request)})


def visitor_data(request: HttpRequest) -> dict[str, Any]:
    """The cart's part of the visitor request; a store that is down gives a cart that is not available."""
    try:
        held = quantities_of(owner_of(request))
    except CartUnavailable:
        return {"cart": {"available": False, "count": 0, "lines": {}}}
    return {"cart": {"available": True, "count": len(held), "lines": held}}


def _to_checkout(request: HttpRequest, after: Cart, checkout: str) -> HttpResponse:
    if not after.selected:
        messages.warning(request, _("Please choose at least one product."), fail_silently=True)
        return HttpResponseRedirect(next_url(request))
    query = urlencode([("sku_id", line.sku_id) for line in after.selected])
    return HttpResponseRedirect(f"{resolve_url(checkout)}?{query}")
