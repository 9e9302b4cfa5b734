"""An order found by its number and its mobile number: to look at, whoever is signed in or not."""

from dailyfresh_core.allowances import subject_of, use
from dailyfresh_core.http.answers import too_often
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..conf import conf
from ..forms.finding import FindForm
from ..selectors import order_numbered

FOUND = "dailyfresh_orders_found"
KEPT = 5


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for both numbers; a pair that is right opens the order in this session.

    Tries are counted by visitor and, so that no one keeps its buyer out, only those of a crowd by order.
    """
    if not conf.FIND_ORDERS:
        raise Http404
    form = FindForm(request.POST or None)
    if form.is_valid():
        number, phone = form.cleaned_data["number"], form.cleaned_data["phone"]
        visitor = subject_of(request, trusted=conf.TRUSTED_PROXIES)
        if wait := use("find", visitor) or use("found", f"order {number}"):
            return too_often(request, wait)
        order = order_numbered(number)
        if order is not None and phone and order.phone == phone:
            request.session[FOUND] = [*_found(request), number][-KEPT:]
            return redirect("dailyfresh_orders:found", number)
        form.add_error(None, _("There is no order with these two numbers."))
    return render(request, "dailyfresh_orders/find.html", {"form": form})


@login_not_required
@never_cache
@require_safe
def found(request: HttpRequest, number: str) -> HttpResponse:
    """What became of an order that this session has found; its address and its buttons stay with its buyer."""
    order = order_numbered(number) if conf.FIND_ORDERS and number in _found(request) else None
    if order is None:
        raise Http404
    return render(request, "dailyfresh_orders/found.html", {"order": order})


def _found(request: HttpRequest) -> list[str]:
    known = request.session.get(FOUND)
    return known if isinstance(known, list) else []
