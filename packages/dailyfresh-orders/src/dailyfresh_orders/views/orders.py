"""The buyer's orders: list, detail, and what a buyer can do with one."""

from typing import Any
from urllib.parse import urlencode

from dailyfresh_core.http.answers import led_to
from dailyfresh_core.pricing.measures import written
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from ..conf import conf
from ..exceptions import IllegalTransition
from ..models import Order
from ..selectors import REFUNDS, TABS, order_counts, orders_of, pictures_of, still_sold
from ..services import REVIEWABLE, cancel_order, receive
from .answers import back_to, for_buyers, refused, theirs, within


@require_safe
@for_buyers
def order_list(request: HttpRequest) -> HttpResponse:
    """The buyer's orders by state (`?state=to-pay`), searched by number or product (`?q=`)."""
    tab, search = request.GET.get("state", ""), request.GET.get("q", "").replace("\x00", "").strip()[:60]
    by_state = order_counts(request.user)
    counts = {name: sum(by_state.get(state, 0) for state in states) for name, states in TABS.items()}
    paginator = Paginator(orders_of(request.user, tab=tab, search=search), conf.PAGE_SIZE)
    if not search and tab != REFUNDS:
        paginator.count = counts[tab] if tab in counts else sum(by_state.values())
    page = paginator.get_page(request.GET.get("page"))
    tabs: list[tuple[str, Any, int]] = [
        ("", _("All"), 0),
        ("to-pay", pgettext("waiting orders", "To pay"), counts["to-pay"]),
        ("to-ship", _("To ship"), counts["to-ship"]),
        ("to-receive", _("To receive"), counts["to-receive"]),
        ("to-review", _("To review"), counts["to-review"]),
        (REFUNDS, _("Refunds"), 0),
    ]
    query = {key: value for key, value in (("state", tab), ("q", search)) if value}
    context = {
        "page": page,
        "tabs": tabs,
        "tab": tab,
        "search": search,
        "query": urlencode(query),
    }
    return render(request, "dailyfresh_orders/list.html", context)


@require_safe
@for_buyers
def order_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One order of the buyer with its steps and times; somebody else's is a 404."""
    order = theirs(request, number)
    context = {"order": order, "pictures": pictures_of(order) if order.state in REVIEWABLE else {}}
    return render(request, "dailyfresh_orders/detail.html", context)


@require_POST
@for_buyers
@within("cancel")
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel an unpaid order."""
    order = theirs(request, number)
    try:
        cancel_order(order.pk, by=request.user, why="cancelled by the buyer")
    except IllegalTransition as error:
        if error.state not in (Order.State.CANCELLING, Order.State.CANCELLED):  # a second click asks for what is done
            return refused(order, request, _("This order can no longer be cancelled."))
    order.refresh_from_db()
    cancelled = order.state == Order.State.CANCELLED
    sentence = _("The order is cancelled.") if cancelled else _("The order is being cancelled.")
    return back_to(order, request, sentence, data=_state(order))


@require_POST
@for_buyers
def confirm_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The buyer has the parcel."""
    order = theirs(request, number)
    try:
        receive(order.pk, by=request.user)
    except IllegalTransition as error:
        if error.state != Order.State.RECEIVED:  # a second click asks for what is done
            return refused(order, request, _("This order is not on its way."))
    order.refresh_from_db()
    return back_to(order, request, _("Thank you! You can review the goods now."), data=_state(order))


@require_POST
@for_buyers
def buy_again(request: HttpRequest, number: str) -> HttpResponse:
    """To the confirm page with what of an old order is still sold."""
    order = theirs(request, number)
    possible = still_sold(order)
    if not possible:
        return refused(order, request, _("Nothing of this order is sold at the moment."))
    query = urlencode([("buy", f"{sku_id}:{written(quantity)}") for sku_id, quantity in possible.items()])
    return led_to(request, f"{reverse('dailyfresh_orders:confirm')}?{query}")


def _state(order: Order) -> dict[str, str]:
    return {"state": order.state, "label": str(order.get_state_display())}
