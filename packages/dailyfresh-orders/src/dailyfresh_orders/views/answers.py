"""How views answer: who may ask at all, and the way back to an order."""

from collections.abc import Callable, Container, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from dailyfresh_core.allowances import subject_of, use
from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.http.answers import signed_in, told, too_often, unavailable, wants_json
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from ..checkout.quotes import Quote
from ..conf import conf
from ..forms.checkout import wishes_in
from ..forms.invoices import InvoiceTitleForm
from ..joins import packs
from ..models import Order
from ..selectors import invoice_titles_of, order_of

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def for_buyers(view: View) -> View:
    """A view for somebody signed in: never cached, outside ATOMIC_REQUESTS; 503 when the database lost every race.

    The services open their own durable transactions, and what loses a deadlock can only be tried again outside one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Busy:
            sentence = _("The shop is very busy. Nothing was changed; please try again.")
            if wants_json(request):
                return unavailable(sentence, code="busy")
            return render(request, "dailyfresh_orders/nothing.html", {"sentence": sentence}, status=503)

    return cast(View, transaction.non_atomic_requests(signed_in(guarded)))


def within(name: str, *, methods: Container[str | None] = ("POST",)) -> Callable[[View], View]:
    """What a buyer posts, or asks by other `methods`, is counted by the allowance of this name; guests of one address are one buyer."""

    def bounded(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            who = subject_of(request, trusted=conf.TRUSTED_PROXIES)
            if request.method in methods and (wait := use(name, who)):
                return too_often(request, wait)
            return view(request, *args, **kwargs)

        return cast(View, counted)

    return bounded


def theirs(request: HttpRequest, number: str) -> Order:
    """The order of this number if it is the buyer's own, else 404: strangers learn nothing."""
    order = order_of(request.user, number)
    if order is None:
        raise Http404
    return order


def invoice_choices(request: HttpRequest, back: str) -> dict[str, Any]:
    """To whom the buyer can have an invoice made out, and what is chosen; None where the shop asks for none. `back` is where it is asked."""
    titles = invoice_titles_of(request.user) if conf.INVOICE_TITLES else None
    form = InvoiceTitleForm(user=request.user) if conf.INVOICE_TITLES else None
    chosen = (request.POST or request.GET).get("invoice", "")
    return {"invoices": titles, "invoice": chosen, "back": back, "invoice_form": form}


def wish_choices(request: HttpRequest, quote: Quote) -> dict[str, Any]:
    """What may become of what is short, and what is chosen for the order and for each line; empty where nobody packs, or nothing is sent."""
    if not (quote.requires_shipping and packs()):
        return {"wishes": ()}
    otherwise = wishes_in(request.POST)
    lines = [(line, otherwise.get(line.sku_id, "")) for line in quote.lines] if len(quote.lines) > 1 else []
    wish = request.POST.get("wish", Order.Wish.REFUND)
    return {"wishes": Order.Wish.choices, "wish": wish, "line_wishes": lines, "otherwise": otherwise}


def back_to(
    order: Order,
    request: HttpRequest,
    sentence: str,
    *,
    code: str = "ok",
    status: int = 200,
    data: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """To the page of the order, with a message; a script gets the sentence, and the page's address as `url` among the data."""
    return told(
        request, order, sentence, code=code, status=status, data={"url": order.get_absolute_url(), **(data or {})}
    )


def refused(order: Order, request: HttpRequest, sentence: str) -> HttpResponse:
    """`back_to` of something that the order's state does not allow: 409 for a script."""
    return back_to(order, request, sentence, code="wrong_state", status=409)
