from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from .base import (
    CloseOutcome,
    GatewayError,
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


class CashOnDelivery(PaymentGateway):
    """Paid to the courier: nothing happens online, and money goes back by hand."""

    label = _("Cash on delivery")
    online = False

    def create(self, request: PaymentRequest) -> Redirect:
        raise GatewayError("Cash on delivery has no page to pay on")

    def query(self, out_trade_no: str) -> Observation:
        return Observation(out_trade_no=out_trade_no, state=TradeState.NOT_FOUND, source="query")

    def verify_notify(self, message: Message) -> Observation:
        raise NotifyRejected("Cash on delivery sends no notify")

    def verify_return(self, message: Message) -> str:
        raise NotifyRejected("Cash on delivery sends nobody back")

    def refund(self, out_trade_no: str, amount: Decimal, out_request_no: str, reason: str = "") -> RefundOutcome:
        # A member of staff hands the money over; approving the refund is saying so.
        return RefundOutcome(Outcome.DONE, "by_hand")

    def query_refund(self, out_trade_no: str, out_request_no: str) -> RefundOutcome:
        return RefundOutcome(Outcome.DONE, "by_hand")

    def close(self, out_trade_no: str) -> CloseOutcome:
        return CloseOutcome.CLOSED
