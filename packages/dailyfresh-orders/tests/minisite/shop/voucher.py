"""A way to pay online that asks nobody: what the tests of orders need of a gateway."""

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


class Voucher(PaymentGateway):
    label = "Voucher"

    def create(self, request: PaymentRequest) -> Redirect:
        return Redirect(f"/voucher/{request.out_trade_no}")

    def query(self, out_trade_no: str) -> Observation:
        return Observation(out_trade_no=out_trade_no, state=TradeState.WAITING, source="query")

    def verify_notify(self, message: Message) -> Observation:
        raise NotifyRejected("none come")

    def verify_return(self, message: Message) -> str:
        raise NotifyRejected("none come")

    def refund(self, out_trade_no, amount, out_request_no, reason="") -> RefundOutcome:
        return RefundOutcome(Outcome.DONE)

    def query_refund(self, out_trade_no: str, out_request_no: str) -> RefundOutcome:
        return RefundOutcome(Outcome.DONE)

    def close(self, out_trade_no: str) -> CloseOutcome:
        return CloseOutcome.CLOSED
