"""A way to pay online that a site wrote for itself: its own page says "pay", and tells the shop by a signed message."""

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode

from dailyfresh_orders.gateways.base import (
    CloseOutcome,
    Message,
    NotifyRejected,
    Observation,
    Outcome,
    PaymentGateway,
    PaymentRequest,
    Redirect,
    RefundOutcome,
    TradeState,
)
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

SALT = "till"


class Till(PaymentGateway):
    label = "Till"

    def __init__(self, *, currencies: tuple[str, ...] = ("EUR", "JPY", "USD")) -> None:
        self.currencies = currencies

    def create(self, request: PaymentRequest) -> Redirect:
        slip = signing.dumps([request.out_trade_no, str(request.amount), request.currency], salt=SALT)
        return Redirect("/till/?" + urlencode({"slip": slip, "notify": request.notify_url, "back": request.return_url}))

    def query(self, out_trade_no: str) -> Observation:
        return Observation(out_trade_no=out_trade_no, state=TradeState.WAITING, source="query")

    def verify_notify(self, message: Message) -> Observation:
        try:
            number, amount, currency = signing.loads(parse_qs(message.body.decode())["slip"][0], salt=SALT)
        except (signing.BadSignature, KeyError, ValueError) as error:
            raise NotifyRejected("no slip of ours") from error
        return Observation(
            out_trade_no=number, state=TradeState.PAID, source="notify", trade_no=f"till-{number}", amount=Decimal(amount), currency=currency
        )  # fmt: skip

    def verify_return(self, message: Message) -> str:
        raise NotifyRejected("nobody comes back")

    def refund(self, out_trade_no: str, amount: Decimal, out_request_no: str, reason: str = "") -> RefundOutcome:
        return RefundOutcome(Outcome.DONE)

    def query_refund(self, out_trade_no: str, out_request_no: str) -> RefundOutcome:
        return RefundOutcome(Outcome.DONE)

    def close(self, out_trade_no: str) -> CloseOutcome:
        return CloseOutcome.CLOSED


def page(request: HttpRequest, **_: Any) -> HttpResponse:
    """Where the buyer pays: the form goes straight to the shop's notify address."""
    form = '<form method="post" action="{}"><input type="hidden" name="slip" value="{}"><button>Pay</button></form>'
    return HttpResponse(format_html(form, request.GET["notify"], request.GET["slip"]))
