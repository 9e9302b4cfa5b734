"""A way to pay online that a site wrote for itself: its own page says "pay", and tells the shop by a signed message."""

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode

from dailyfresh_orders.gateways.base import Message, NotifyRejected, Observation, PaymentRequest, Redirect, TradeState
from dailyfresh_orders.testing import Voucher
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

SALT = "till"


class Till(Voucher):
    label = "Till"

    def __init__(self, *, currencies: tuple[str, ...] = ("EUR", "JPY", "USD")) -> None:
        self.currencies = currencies

    def create(self, request: PaymentRequest) -> Redirect:
        slip = signing.dumps([request.out_trade_no, str(request.amount), request.currency], salt=SALT)
        return Redirect("/till/?" + urlencode({"slip": slip, "notify": request.notify_url, "back": request.return_url}))

    def verify_notify(self, message: Message) -> Observation:
        try:
            number, amount, currency = signing.loads(parse_qs(message.body.decode())["slip"][0], salt=SALT)
        except (signing.BadSignature, KeyError, ValueError) as error:
            raise NotifyRejected("no slip of ours") from error
        return Observation(
            out_trade_no=number, state=TradeState.PAID, source="notify", trade_no=f"till-{number}", amount=Decimal(amount), currency=currency
        )  # fmt: skip


def page(request: HttpRequest, **_: Any) -> HttpResponse:
    """Where the buyer pays: the form goes straight to the shop's notify address."""
    form = '<form method="post" action="{}"><input type="hidden" name="slip" value="{}"><button>Pay</button></form>'
    return HttpResponse(format_html(form, request.GET["notify"], request.GET["slip"]))
