"""A way to pay online that asks nobody, for tests and for gateways that need little more."""

from decimal import Decimal

from ..gateways.base import (
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


class Voucher(PaymentGateway):
    """Its trades wait, no message of it comes, and what it is asked to give back or to close is done."""

    label = "Voucher"

    def create(self, request: PaymentRequest) -> Redirect:
        return Redirect(f"/voucher/{request.out_trade_no}")

    def query(self, out_trade_no: str) -> Observation:
        return Observation(out_trade_no=out_trade_no, state=TradeState.WAITING, source="query")

    def verify_notify(self, message: Message) -> Observation:
        raise NotifyRejected("none come")

    def verify_return(self, message: Message) -> str:
        raise NotifyRejected("none come")

    def refund(self, out_trade_no: str, amount: Decimal, out_request_no: str, reason: str = "") -> RefundOutcome:
        return RefundOutcome(Outcome.DONE)

    def query_refund(self, out_trade_no: str, out_request_no: str) -> RefundOutcome:
        return RefundOutcome(Outcome.DONE)

    def close(self, out_trade_no: str) -> CloseOutcome:
        return CloseOutcome.CLOSED
