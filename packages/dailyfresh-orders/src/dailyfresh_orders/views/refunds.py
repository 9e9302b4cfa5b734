"""What a buyer does about a refund: ask for one, take it back."""

from decimal import Decimal

from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.http.answers import envelope, wants_json
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ..conf import conf
from ..exceptions import PicturesAway, RefundImpossible
from ..forms.payments import RefundRequestForm
from ..models import Order
from ..selectors import refund_of, refunded_under, refunds_of
from ..services import refundable_of, request_refund, withdraw_refund
from .answers import back_to, for_buyers, refused, theirs, within


@require_http_methods(["GET", "HEAD", "POST"])
@for_buyers
@within("refund")
def refund_request(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for money back: the whole order before it is shipped, pieces of it afterwards. Staff decide."""
    order = theirs(request, number)
    if refunded_under(order, request.POST.get("key", "")):
        return _sent(request, order)
    refundable = refundable_of(order)
    left = dict(refundable.pieces) if refundable else {}
    posted = request.method == "POST"
    form = RefundRequestForm(
        request.POST if posted else None, request.FILES if posted else None, order=order, left=left
    )
    if posted and form.is_valid():
        try:
            refund = request_refund(
                order=order,
                by=request.user,
                key=form.cleaned_data["key"],
                lines=None if form.whole else form.pieces(),
                amount=form.cleaned_data.get("amount"),
                reason=form.reason(),
                pictures=form.cleaned_data.get("pictures", ()),
            )
        except RefundImpossible as error:
            form.add_error(None, str(error))
        except PicturesAway:
            form.add_error(None, _("Pictures cannot be stored at the moment. Please try again, or ask without one."))
        except Busy:
            form.add_error(None, _("The shop is very busy. Nothing was changed; please try again."))
        else:
            return _sent(request, order, at_once=refund.at_once is not None)
    if posted and wants_json(request):
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return envelope({"fields": form.errors.get_json_data()}, code="invalid", message=sentence, status=400)
    context = {
        "order": order,
        "form": form,
        "refundable": refundable,
        "refunds": refunds_of(order),
        "allowed": _allowed(order),
        "at_once": Decimal(conf.RETURN_AT_ONCE) if conf.RETURN_AT_ONCE is not None else None,
    }
    return render(request, "dailyfresh_orders/refund.html", context, status=400 if posted else 200)


@require_POST
@for_buyers
@within("refund")
def refund_withdraw(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take an undecided request back."""
    refund = refund_of(request.user, pk)
    if refund is None or refund.payment.order.number != number:
        raise Http404
    order = refund.payment.order
    try:
        withdraw_refund(refund)
    except RefundImpossible as error:
        return refused(order, request, str(error))
    return back_to(order, request, _("The request was withdrawn."))


def _sent(request: HttpRequest, order: Order, *, at_once: bool = False) -> HttpResponse:
    if at_once:
        return back_to(order, request, _("We are sorry! Your money is on its way back."))
    return back_to(order, request, _("Your request has been sent. We answer within a day."))


def _allowed(order: Order) -> bool:
    states = (Order.State.TO_SHIP, Order.State.SHIPPED, Order.State.RECEIVED, Order.State.DONE)
    return order.state in states
