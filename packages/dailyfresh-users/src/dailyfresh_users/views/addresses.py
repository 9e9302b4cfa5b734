"""The address book's pages."""

from typing import Any

from dailyfresh_core.http.answers import envelope, safe_next, signed_in, told, wants_json
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from .. import areas as area_data
from ..conf import conf
from ..exceptions import TooManyAddresses
from ..forms import AddressForm
from ..models import Address
from ..selectors import addresses_of
from ..services import add_address, delete_address, edit_address, set_default_address

PARTS = ("dialog", "list")
"""What a script gets of the page: its form in a dialog, and the addresses themselves."""


def _page(request: HttpRequest, form: AddressForm, address: Address | None = None, status: int = 200) -> HttpResponse:
    rows = list(addresses_of(request.user))
    context = {
        "form": form,
        "address": address,
        "addresses": rows,
        "limit": conf.ADDRESS_LIMIT,
        "full": len(rows) >= conf.ADDRESS_LIMIT,
        "next": safe_next(request),
    }
    if wants_json(request):
        parts = {part: render_to_string(f"dailyfresh_users/_address_{part}.html", context, request) for part in PARTS}
        return envelope(parts, status=status)
    return render(request, "dailyfresh_users/addresses.html", context, status=status)


@signed_in
@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    """All addresses, and the form for one more."""
    return _page(request, AddressForm())


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def address_add(request: HttpRequest) -> HttpResponse:
    """One more address; `refresh` only brings the selects up to date (without JavaScript)."""
    return _write(request)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def address_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write one's own address anew."""
    return _write(request, get_object_or_404(addresses_of(request.user), pk=pk))


def _write(request: HttpRequest, address: Address | None = None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, AddressForm.of(address) if address else AddressForm(), address)
    form = AddressForm(request.POST)
    if "refresh" in request.POST:
        return _page(request, _unchecked(form), address)
    if not form.is_valid():
        return _invalid(request, form, address)
    values = form.cleaned_data
    try:
        if address is None:
            address = add_address(user=request.user, values=values, make_default=values["make_default"])
        else:
            edit_address(address=address, values=values, make_default=values["make_default"])
    except TooManyAddresses:
        text = ngettext("You can keep %d address.", "You can keep %d addresses.", conf.ADDRESS_LIMIT)
        form.add_error(None, text % conf.ADDRESS_LIMIT)
        return _invalid(request, form, code="too_many", status=409)
    except Address.DoesNotExist as error:
        raise Http404 from error
    return _done(request, _("The address was saved."), {"id": str(address.pk)})


@signed_in
@require_POST
def address_default(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one's own address the default."""
    try:
        set_default_address(address=get_object_or_404(addresses_of(request.user), pk=pk))
    except Address.DoesNotExist as error:
        raise Http404 from error
    return _done(request, _("The default address was changed."))


@signed_in
@require_POST
def address_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own address; the AJAX answer holds what is needed to take it back."""
    address = get_object_or_404(addresses_of(request.user), pk=pk)
    delete_address(address=address)
    restore = {**AddressForm.of(address).initial, "make_default": "on" if address.is_default else ""}
    return _done(request, _("The address was deleted."), {"restore": restore})


@login_not_required
@cache_control(public=True, max_age=86400)
@require_GET
def areas(request: HttpRequest) -> HttpResponse:
    """What lies below an area (AJAX GET `parent`; "" = the provinces): a list of code and name."""
    below = area_data.children_of(request.GET.get("parent", ""))
    if below is None:
        response = envelope(code="unknown_area", message=_("There is no such area."), status=404)
    else:
        response = envelope({"areas": [{"code": code, "name": name} for code, name in below.items()]})
    del response.headers["Cache-Control"]
    return response


def _unchecked(form: AddressForm) -> AddressForm:
    """The same form as a draft: what was typed stays, nothing is called wrong yet."""
    return AddressForm(initial={name: form.data.get(name, "") for name in form.fields})


def _done(request: HttpRequest, text: str, data: dict[str, Any] | None = None) -> HttpResponse:
    return told(request, safe_next(request, default=reverse("dailyfresh_users:addresses")), text, data=data)


def _invalid(
    request: HttpRequest, form: AddressForm, address: Address | None = None, *, code: str = "invalid", status: int = 200
) -> HttpResponse:
    if wants_json(request):
        errors = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
        text = next(iter(errors.values()))[0]
        html = render_to_string("dailyfresh_users/_address_form.html", {"form": form, "address": address}, request)
        data = {"errors": errors, "form": html}
        return envelope(data, code=code, message=text, status=400 if status == 200 else status)
    return _page(request, form, address, status)
