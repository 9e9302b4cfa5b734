"""Paying: from the button to the gateway, back from it, and what the gateway itself tells us."""

import logging
import re

from dailyfresh_core.allowances import count, spend
from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.http.answers import envelope, led_to, throttled, wants_json
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from ..conf import conf
from ..exceptions import NotPayable, TooMuchOpen, UnknownTrade
from ..forms.payments import PayForm
from ..gateways import PaymentGateway, UnknownGateway, gateway, label_of
from ..gateways.base import GatewayError, Message, NotifyRejected, TradeState
from ..models import Order
from ..selectors import latest_payment, payment_numbered
from ..services import ask, change_payment, keep_notice, other_ways, settle, start_payment
from .answers import for_buyers, refused, theirs

logger: logging.Logger = logging.getLogger(__name__)
POLLS_A_MINUTE = 60
WAIT, PAID, CLOSED, DISPUTED = "waiting", "paid", "closed", "disputed"


@require_POST
@for_buyers
def pay(request: HttpRequest) -> HttpResponse:
    """Give the address of the gateway's page for an order of the buyer's (AJAX: as data.url; a form: as a redirect)."""
    form = PayForm(request.POST)
    if not form.is_valid():
        return envelope(code="invalid", message=_("There is no such order."), status=400)
    order = theirs(request, form.cleaned_data["order"])
    code = form.cleaned_data["gateway"] or order.payment_method
    try:
        goal = start_payment(
            order=order,
            code=code,
            return_url=_absolute(request, "gateway_return", code),
            notify_url=_absolute(request, "gateway_notify", code),
            mobile=bool(re.search(r"Mobi|Android", request.headers.get("User-Agent", ""))),
        )
    except (NotPayable, UnknownGateway, GatewayError) as error:
        logger.info("Order %s is not paid through %s: %s", order, code, error)
        return refused(order, request, _("This order cannot be paid any more."))
    wait_url = reverse("dailyfresh_orders:pay_wait", args=[order.number])
    return led_to(request, goal.url, wait_url=wait_url)


@require_GET
@for_buyers
def pay_wait(request: HttpRequest, number: str) -> HttpResponse:
    """What became of the payment; while that is open, the page asks again by itself."""
    order = theirs(request, number)
    state = _state(order)
    context = {
        "order": order,
        "state": state,
        "payment": latest_payment(order),
        "label": label_of(order.payment_method),
        "ways": other_ways(order) if state == WAIT else [],
        "back": "back" in request.GET,
    }
    return render(request, "dailyfresh_orders/pay.html", context)


@require_POST
@for_buyers
def pay_otherwise(request: HttpRequest, number: str) -> HttpResponse:
    """Another way to pay (`gateway`) for an order that is not paid yet."""
    order = theirs(request, number)
    form = PayForm({"order": number, "gateway": request.POST.get("gateway", "")})
    try:
        if not form.is_valid():
            raise UnknownGateway
        change_payment(order.pk, code=form.cleaned_data["gateway"], by=request.user)
    except TooMuchOpen as error:
        return refused(order, request, str(error))
    except (NotPayable, UnknownGateway):
        return refused(order, request, _("This order cannot be paid that way any more."))
    return led_to(request, reverse("dailyfresh_orders:pay_wait", args=[number]))


@require_POST
@for_buyers
def pay_query(request: HttpRequest) -> HttpResponse:
    """Ask the gateway what became of the payment of an order (AJAX), for at most its deadline.

    However many browsers poll, the gateway is asked once in two seconds; the others are told what the books say.
    """
    if wait := spend("orders.polls", str(request.user.pk), attempts=POLLS_A_MINUTE, seconds=60):
        return throttled(wait, _("Too many requests. Please wait a moment."))
    form = PayForm(request.POST)
    if not form.is_valid():
        raise Http404
    order = theirs(request, form.cleaned_data["order"])
    payment, seen = latest_payment(order), None
    if payment and _state(order) == WAIT and payment.state == payment.State.PENDING:
        try:
            seen = ask(payment)
        except (Busy, UnknownGateway) as error:
            logger.warning("Payment %s could not be settled just now: %s", payment.out_trade_no, error)
        order.refresh_from_db()
    page = reverse("dailyfresh_orders:pay_wait", args=[order.number])
    state = _state(order)
    if wants_json(request):
        return envelope(
            {
                "state": state,
                "url": None if state == WAIT else page,
                "unpaid": seen in (TradeState.WAITING, TradeState.NOT_FOUND),
            }
        )
    if state == WAIT:
        messages.info(request, _("The payment is not confirmed yet. This can take a moment."))
    return redirect(page)


@require_GET
@for_buyers
def gateway_return(request: HttpRequest, code: str) -> HttpResponse:
    """The buyer's browser comes back. It proves nothing: the page that it leads to asks the gateway."""
    try:
        number = _gateway(code).verify_return(message_of(request))
    except NotifyRejected as rejected:
        logger.warning("A return from %s was rejected: %s", code, rejected)
        messages.warning(request, _("The way back from the payment page could not be verified. Here are your orders."))
        return redirect("dailyfresh_orders:list")
    payment = payment_numbered(code, number)
    if payment is None or payment.order.user_id != request.user.pk:
        raise Http404
    return redirect(reverse("dailyfresh_orders:pay_wait", args=[payment.order.number]) + "?back")


@csrf_exempt
@login_not_required
@never_cache
@transaction.non_atomic_requests
def gateway_notify(request: HttpRequest, code: str) -> HttpResponse:
    """The gateway tells us: settled and committed before it is acknowledged.

    `fail` makes the gateway deliver again, so it is the answer to everything that is not in the books yet; what is
    proven and needs no action is acknowledged like what did.
    """
    taken = _gateway(code)
    try:
        seen = taken.verify_notify(message_of(request))
    except NotifyRejected as rejected:
        _log_rejected(code, str(rejected))
        return _acknowledged(taken, accepted=False)
    try:
        outcome = settle(seen, code=code).step.value
    except UnknownTrade:
        logger.error("%s notifies of %s, which is not in the books", code, seen.out_trade_no)
        return _acknowledged(taken, accepted=False)
    except Busy:
        logger.exception("%s's notify of %s could not be settled; it will come again", code, seen.out_trade_no)
        return _acknowledged(taken, accepted=False)
    keep_notice(seen, code=code, outcome=outcome)
    return _acknowledged(taken, accepted=True)


def message_of(request: HttpRequest) -> Message:
    """The request as gateways verify it. An over-long body is cut off before it is read whole: no signature fits it then."""
    length = request.headers.get("Content-Length") or "0"
    too_long = not re.fullmatch(r"[0-9]{1,9}", length) or int(length) > 64 * 1024
    return Message(
        method=request.method or "",
        query=request.META.get("QUERY_STRING", ""),
        body=b"" if too_long else request.body,
        content_type=request.headers.get("Content-Type", ""),
        headers=dict(request.headers),
    )


def _gateway(code: str) -> PaymentGateway:
    try:
        return gateway(code)
    except UnknownGateway:
        raise Http404 from None


def _acknowledged(taken: PaymentGateway, *, accepted: bool) -> HttpResponse:
    body, kind = taken.acknowledge(accepted)
    return HttpResponse(body, content_type=kind)


def _log_rejected(code: str, why: str) -> None:
    """Log forged notifies, but not so often that they fill the disk: once a minute for each reason."""
    if count("orders.rejected", f"{code} {why}", seconds=60) == 1:
        logger.warning("A notify from %s was rejected: %s", code, why)


def _absolute(request: HttpRequest, name: str, code: str) -> str:
    path = reverse(f"dailyfresh_orders:{name}", args=[code])
    return f"{conf.PUBLIC_URL.rstrip('/')}{path}" if conf.PUBLIC_URL else request.build_absolute_uri(path)


def _state(order: Order) -> str:
    """Where the payment of an order stands, in the four words that pages know."""
    if order.state == Order.State.AWAITING_PAYMENT:
        payment = latest_payment(order)
        return DISPUTED if payment and payment.state == payment.State.DISPUTED else WAIT
    if order.state == Order.State.CANCELLING:
        return WAIT
    return CLOSED if order.state in (Order.State.CANCELLED, Order.State.CLOSED) else PAID
