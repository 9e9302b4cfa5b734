"""The picker's pages, for a phone in one hand: the orders that wait, and one box line by line.

With `?kept` they are what a phone may keep for a cellar without a network: without names, addresses, phones and notes.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from dailyfresh_core.http.answers import envelope, told, wants_json
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ..exceptions import IllegalTransition, NotGivable, OutOfStock
from ..models import Order, OrderLine
from ..views.answers import for_buyers
from . import picking_lists, services
from .forms import PickForm, new_key
from .labels import scanned
from .models import Picking

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def for_pickers(view: View) -> View:
    """A view for staff who pack: 403 for everybody else."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("dailyfresh_fulfilment.pick"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, for_buyers(guarded))


@require_safe
@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """The script that answers for these pages, and for none beside them, while there is no network."""
    return render(request, "dailyfresh_fulfilment/worker.js", content_type="text/javascript")


@require_safe
@for_pickers
def waves(request: HttpRequest) -> HttpResponse:
    """The orders that wait to be packed, by the time at which they leave, and what was packed last."""
    return render(
        request,
        "dailyfresh_fulfilment/waves.html",
        {"waves": picking_lists.waves(), "packed": picking_lists.packed(), "kept": "kept" in request.GET},
    )


@require_safe
@for_pickers
def box(request: HttpRequest, number: str) -> HttpResponse:
    """One order, line by line; `?scan=` looks for the line that goes by a code, `?kept` is the copy that a phone keeps."""
    order = _order(number)
    work = picking_lists.work_of(order)
    found = scanned(request.GET.get("scan", "").replace("\x00", "")[:64])
    line = next((each.line for each in work if each.line.sku_id == found.code), None)
    if found.code and line is None:
        messages.error(request, _("Nothing in this order goes by “%(code)s”.") % {"code": found.code})
    context = _context(order, work) | {"found": found, "at": line, "kept": "kept" in request.GET}
    return render(request, "dailyfresh_fulfilment/box.html", context)


@require_POST
@for_pickers
def pick(request: HttpRequest, number: str) -> HttpResponse:
    """Lay something of a line into the box."""
    order, form = _order(number), PickForm(request.POST)
    if not form.is_valid():
        return _back(request, order, _("Please say how much of it."), status=400, code="invalid")
    try:
        made = services.pick(order_id=order.pk, by=request.user, **form.pick())
    except OrderLine.DoesNotExist:
        raise Http404 from None
    except NotGivable as error:
        return _back(request, order, str(error), status=409, code="refused")
    if not wants_json(request):
        return redirect(f"{reverse('dailyfresh_fulfilment:box', args=[number])}#line-{made.line_id}")
    work = picking_lists.work_of(order)
    here = next((each for each in work if each.line.pk == made.line_id), None)
    if here is None:  # sent again after its money went back
        return _back(request, order, _("Nothing of it is to be packed any more."), status=409, code="refused")
    context = _context(order, work) | {"work": here}
    html = render_to_string("dailyfresh_fulfilment/_line.html", context, request)
    return envelope({"html": html, "line": made.line_id, "left": context["left"]})


@require_POST
@for_pickers
def finish(request: HttpRequest, number: str) -> HttpResponse:
    """Close the box: what is less goes back, or is collected less."""
    order = _order(number)
    try:
        services.finish_picking(order.pk, by=request.user)
    except NotGivable as error:
        return _back(request, order, str(error), status=409, code="refused")
    except IllegalTransition:
        return _back(request, order, _("This order is not to be packed any more."), status=409, code="refused")
    except OutOfStock as error:
        codes = ", ".join(each.sku_id for each in error.shortages)
        sentence = _("%(codes)s was sold meanwhile: please choose something else.") % {"codes": codes}
        return _back(request, order, sentence, status=409, code="out_of_stock")
    return _back(request, order, _("The box is closed."))


def _order(number: str) -> Order:
    """An order that was, is or may be packed; 404 for any other."""
    order = Order.objects.filter(number=number, requires_shipping=True).prefetch_related("lines__adjustments").first()
    if order is None:
        raise Http404
    if order.state != Order.State.TO_SHIP and not Picking.objects.filter(order=order).exists():
        raise Http404
    return order


def _context(order: Order, work: list[picking_lists.Work]) -> dict[str, Any]:
    return {
        "order": order,
        "in_box": picking_lists.in_box(order) if order.settled_total is not None else [],
        "picking": Picking.objects.filter(order=order).select_related("by").first(),
        "lines": work,
        "left": sum(each.pick is None for each in work),
        "key": new_key,
        "over": order.state != Order.State.TO_SHIP,
    }


def _back(request: HttpRequest, order: Order, sentence: str, *, status: int = 200, code: str = "ok") -> HttpResponse:
    url = reverse("dailyfresh_fulfilment:box", args=[order.number])
    return told(request, url, sentence, code=code, status=status, data={"url": url})
