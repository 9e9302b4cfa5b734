"""The cart's pages and its AJAX: receive, validate, process, respond."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from . import services
from .catalogue import allowed_of, find_products
from .conf import conf
from .envelope import answering, cart_data, done, login_url, next_url
from .exceptions import CartUnavailable
from .forms import SKU_ID, AddForm, RemoveForm, RestoreForm, SelectForm, SetForm, UpdateForm
from .owners import owner_for_change, owner_of
from .selectors import Cart, cart_of, count_of, quantities_of
from .undo import sealed, unsealed


@never_cache
@login_not_required
@require_GET
def cart(request: HttpRequest) -> HttpResponse:
    """The cart page; when the store is down it says so with status 503."""
    if not conf.GUESTS and not request.user.is_authenticated:
        return HttpResponseRedirect(login_url())
    try:
        found = cart_of(owner_of(request))
    except CartUnavailable:
        return render(request, "dailyfresh_cart/unavailable.html", status=503)
    return render(
        request, "dailyfresh_cart/cart.html", {"undo": request.GET.get("undo", ""), **_context(request, found)}
    )


@never_cache
@login_not_required
@require_GET
def add_page(request: HttpRequest, sku_id: str) -> HttpResponse:
    """The small page that asks how many, where an "add" button is a link without JavaScript."""
    product = find_products([sku_id]).get(sku_id) if SKU_ID.fullmatch(sku_id) else None
    if product is None:
        raise Http404
    context = {
        "product": product,
        "allowed": allowed_of(product),
        "once": uuid4().hex,
        "next": request.GET.get("next", ""),
    }
    return render(request, "dailyfresh_cart/add.html", context)


@login_not_required
@require_POST
@answering
def add(request: HttpRequest) -> HttpResponse:
    """So many pieces more: one statement, one question to the store."""
    wanted = _valid(AddForm(request.POST))
    sku_id, owner = wanted["sku_id"], owner_for_change(request)
    outcome = services.add_to_cart(owner=owner, quantities={sku_id: wanted["quantity"]}, once=wanted["once"])
    data = {"sku_id": sku_id, "quantity": outcome.after[sku_id], "count": outcome.count}
    return done(request, "added", _("Added to your cart."), data)


@login_not_required
@require_POST
@answering
def set_(request: HttpRequest) -> HttpResponse:
    """Just so many pieces; 0 removes the line, with the answer of `remove`."""
    wanted = _valid(SetForm(request.POST))
    sku_id, quantity, owner = wanted["sku_id"], wanted["quantity"], owner_for_change(request)
    if not quantity:
        return _removed(request, services.remove_lines(owner=owner, sku_ids=[sku_id]), owner)
    return _changed(request, "changed", "", services.set_quantity(owner=owner, sku_id=sku_id, quantity=quantity))


@login_not_required
@require_POST
@answering
def remove(request: HttpRequest) -> HttpResponse:
    """These lines out; the answer carries what brings them back."""
    wanted = _valid(RemoveForm(request.POST))
    owner = owner_for_change(request)
    removed = services.remove_lines(owner=owner, sku_ids=wanted["sku_id"])
    return _removed(request, removed, owner)


@login_not_required
@require_POST
@answering
def clear_invalid(request: HttpRequest) -> HttpResponse:
    """Every line that cannot be bought out."""
    owner = owner_for_change(request)
    return _removed(request, services.clear_invalid(owner=owner), owner)


@login_not_required
@require_POST
@answering
def restore(request: HttpRequest) -> HttpResponse:
    """Undo a removal."""
    wanted = _valid(RestoreForm(request.POST))
    owner = owner_for_change(request)
    after = services.restore_lines(owner=owner, lines=unsealed(wanted["undo"], owner))
    return _changed(request, "restored", _("Back in your cart."), after)


@login_not_required
@require_POST
@answering
def select(request: HttpRequest) -> HttpResponse:
    """Tick or untick lines."""
    wanted = _valid(SelectForm(request.POST))
    after = services.select_lines(
        owner=owner_for_change(request), sku_ids=wanted["sku_id"], selected=wanted["selected"]
    )
    return _changed(request, "selected", "", after)


@login_not_required
@require_POST
@answering
def update(request: HttpRequest) -> HttpResponse:
    """The page's form as one whole, for browsers without JavaScript and for the way to the checkout."""
    wanted = UpdateForm(request.POST).clean()
    owner = owner_for_change(request)
    match wanted.verb:
        case "remove":
            return _removed(request, services.remove_lines(owner=owner, sku_ids=[wanted.sku_id]), owner)
        case "remove_selected":
            ticked = [sku_id for sku_id, mark in wanted.marks.items() if mark]
            return _removed(request, services.remove_lines(owner=owner, sku_ids=ticked), owner)
        case "clear":
            return _removed(request, services.clear_invalid(owner=owner), owner)
    changed = services.change_lines(owner=owner, quantities=wanted.quantities, marks=wanted.marks)
    if wanted.verb == "checkout" and conf.CHECKOUT_URL:
        return _to_checkout(request, changed.cart)
    return _removed(request, changed, owner) if changed.lines else _changed(request, "changed", "", changed.cart)


@never_cache
@login_not_required
@require_GET
@answering
def lines(request: HttpRequest) -> HttpResponse:
    """The whole cart as JSON."""
    return _changed(request, "ok", "", cart_of(owner_of(request)))


@never_cache
@login_not_required
@require_GET
@answering
def mini(request: HttpRequest) -> HttpResponse:
    """The mini cart: the lines added last, rendered."""
    found = cart_of(owner_of(request))
    html = render_to_string("dailyfresh_cart/_mini.html", _context(request, found), request)
    return done(request, "ok", "", {"count": found.count, "html": html})


@never_cache
@login_not_required
@require_GET
@answering
def count(request: HttpRequest) -> HttpResponse:
    """How many lines: one question to the store."""
    return done(request, "ok", "", {"count": count_of(owner_of(request))})


@never_cache
@login_not_required
@require_GET
def visitor(request: HttpRequest) -> HttpResponse:
    """What a static page asks about its visitor, where the site has no request of its own for it."""
    data = {"csrf": get_token(request), **visitor_data(request)}
    return JsonResponse({"ok": True, "code": "ok", "message": "", "data": data})


def visitor_data(request: HttpRequest) -> dict[str, Any]:
    """The cart's part of the visitor request; a store that is down gives a cart that is not available."""
    try:
        held = quantities_of(owner_of(request))
    except CartUnavailable:
        return {"cart": {"available": False, "count": 0, "lines": {}}}
    return {"cart": {"available": True, "count": len(held), "lines": held}}


ICONS = {"minus": "minus", "plus": "plus", "trash": "trash-2"}


def _valid(form: Form) -> dict[str, Any]:
    if form.is_valid():
        return form.cleaned_data
    raise next(iter(form.errors.as_data().values()))[0]


def _context(request: HttpRequest, found: Cart) -> dict[str, Any]:
    return {
        "cart": found,
        "login_url": "" if request.user.is_authenticated else login_url(),
        "checkout": bool(conf.CHECKOUT_URL),
        "shop_url": resolve_url(conf.SHOP_URL),
        # Once a page: every line draws the same icons and says the same sentences about its product.
        "icons": {key: render_to_string("dailyfresh_cart/_icon.html", {"name": name}) for key, name in ICONS.items()},
        "says": {
            "select": _("Select %(name)s"),
            "less": _("One %(name)s less"),
            "more": _("One %(name)s more"),
            "quantity": _("Quantity of %(name)s"),
            "remove": _("Remove %(name)s"),
        },
    }


def _changed(request: HttpRequest, code: str, message: str, after: Cart, **more: str) -> HttpResponse:
    """The cart after a change; the cart page asks for itself rendered (`page=1`)."""
    data = {**cart_data(after), **more}
    asked = request.POST if request.method == "POST" else request.GET
    if asked.get("page"):
        data["html"] = render_to_string("dailyfresh_cart/_cart.html", _context(request, after), request)
    return done(request, code, message, data)


def _removed(request: HttpRequest, removed: services.Removed, owner: Any) -> HttpResponse:
    n = len(removed.lines)
    message = ngettext("%(n)d product removed.", "%(n)d products removed.", n) % {"n": n} if n else ""
    return _changed(request, "removed", message, removed.cart, undo=sealed(removed.lines, owner) if n else "")


def _to_checkout(request: HttpRequest, after: Cart) -> HttpResponse:
    if not after.selected:
        messages.warning(request, _("Please choose at least one product."), fail_silently=True)
        return HttpResponseRedirect(next_url(request))
    query = urlencode([("sku_id", line.sku_id) for line in after.selected])
    return HttpResponseRedirect(f"{resolve_url(conf.CHECKOUT_URL)}?{query}")
