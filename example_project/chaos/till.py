"""A gateway on paper: what it was asked to give back stands in a file, line by line, beyond the reach of whoever is killed."""

import os
from decimal import Decimal
from pathlib import Path

from dailyfresh_orders.gateways.base import Outcome, RefundOutcome
from dailyfresh_orders.testing import Voucher


class Till(Voucher):
    """Pays back once for each number, as a gateway does: the file may say it twice."""

    label = "Till"

    def __init__(self, *, file: str, **options: object) -> None:
        super().__init__(**options)
        self.file = Path(file)

    def refund(self, out_trade_no: str, amount: Decimal, out_request_no: str, reason: str = "") -> RefundOutcome:
        handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(handle, f"{out_trade_no} {out_request_no} {amount}\n".encode())
        finally:
            os.close(handle)
        return RefundOutcome(Outcome.DONE)

    def query_refund(self, out_trade_no: str, out_request_no: str) -> RefundOutcome:
        known = any(number == out_request_no for _trade, number, _amount in self.said())
        return RefundOutcome(Outcome.DONE) if known else RefundOutcome(Outcome.REFUSED, "not_found")

    def said(self) -> list[tuple[str, str, Decimal]]:
        """(trade, number, amount) of each time that money was asked back."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return [(trade, number, Decimal(amount)) for trade, number, amount in map(str.split, lines)]
