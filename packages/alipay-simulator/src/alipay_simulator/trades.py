"""What the pretended Alipay knows about a trade, and how it says no."""

import json
import sqlite3
from dataclasses import dataclass

WAITING, SUCCESS, FINISHED, CLOSED = "WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED"


class Refusal(Exception):
    """A business error of the open API: `sub_code` as Alipay documents it."""

    def __init__(self, sub_code: str, sub_msg: str) -> None:
        super().__init__(f"{sub_code}: {sub_msg}")
        self.sub_code = sub_code
        self.sub_msg = sub_msg


@dataclass(frozen=True)
class Order:
    """What a merchant's signed request asks a buyer to pay."""

    out_trade_no: str
    fen: int
    subject: str
    expires: float | None
    request: dict[str, str]
    """The common parameters and the business content, flat: notify_url, return_url, body, passback_params…"""

    def field(self, name: str) -> str:
        return self.request.get(name, "")


@dataclass(frozen=True)
class Trade:
    order: Order
    trade_no: str
    status: str
    buyer: str
    paid_by: str
    created: float
    paid: float | None
    closed: float | None
    refunded: int

    @property
    def out_trade_no(self) -> str:
        return self.order.out_trade_no


def trade_of(row: sqlite3.Row) -> Trade:
    return Trade(
        order=Order(row["out_trade_no"], row["fen"], row["subject"], row["expires"], json.loads(row["request"])),
        trade_no=row["trade_no"],
        status=row["status"],
        buyer=row["buyer"],
        paid_by=row["paid_by"],
        created=row["created"],
        paid=row["paid"],
        closed=row["closed"],
        refunded=row["refunded"],
    )
