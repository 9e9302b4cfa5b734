"""The trades of the pretended Alipay: what may be paid, closed, refunded and when it may not."""

import json
import secrets
import sqlite3
import time

from .database import Database
from .formats import china
from .trades import CLOSED, FINISHED, SUCCESS, WAITING, Order, Refusal, Trade, trade_of

PURSE = 1_000_000
"""Fen that a new buyer's account holds."""


class UnknownPage(Exception):
    """There is no such page, or none under this token."""


class Book:
    """Cashier pages, trades, refunds and purses. Every public method is one transaction; threads take turns."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.offset: float = float(str(self._db.value("SELECT value FROM setting WHERE name='offset'") or 0))

    def now(self) -> float:
        """Seconds since the epoch by the simulator's clock, which can be set wrong on purpose."""
        return time.time() + self.offset

    def set_clock(self, offset: float) -> None:
        with self._db.write() as db:
            db.execute("INSERT OR REPLACE INTO setting VALUES ('offset', ?)", (offset,))
        self.offset = offset

    # The cashier

    def open_cashier(self, order: Order) -> str:
        """A cashier page for this order, by an unguessable token. Makes no trade."""
        self.check_payable(order)
        token = secrets.token_hex(16)
        with self._db.write() as db:
            db.execute(
                "INSERT INTO cashier (token, out_trade_no, request) VALUES (?, ?, ?)",
                (token, order.out_trade_no, json.dumps([order.fen, order.subject, order.expires, order.request])),
            )
        return token

    def cashier(self, token: str) -> tuple[Order, str]:
        """The order shown under this token and the buyer who signed in there ("" for nobody yet)."""
        found = self._db.rows("SELECT * FROM cashier WHERE token=?", token)
        if not found:
            raise UnknownPage(token)
        fen, subject, expires, request = json.loads(found[0]["request"])
        return Order(found[0]["out_trade_no"], fen, subject, expires, request), found[0]["buyer"]

    def check_payable(self, order: Order) -> Trade | None:
        """The waiting trade of this order if there is one; Refusal when it can no longer be paid."""
        trade = self.trade(order.out_trade_no)
        if trade is None:
            if order.expires is not None and order.expires <= self.now():
                raise Refusal("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
            return None
        if trade.status == CLOSED:
            raise Refusal("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
        if trade.status != WAITING:
            raise Refusal("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
        if (trade.order.fen, trade.order.subject) != (order.fen, order.subject):
            raise Refusal("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
        return trade

    def sign_in(self, token: str, buyer: str) -> Trade:
        """The buyer's first press: only now is there a trade, and it is this buyer's."""
        order, _ = self.cashier(token)
        with self._db.lock:
            trade = self.check_payable(order)
            if trade and trade.buyer != buyer:
                raise Refusal("ACQ.TRADE_BUYER_NOT_MATCH", "交易买家不匹配")
            with self._db.write() as db:
                if trade is None:
                    db.execute(
                        "INSERT INTO trade (out_trade_no, trade_no, status, fen, subject, buyer, request, expires, created)"
                        " VALUES (?,?,?,?,?,?,?,?,?)",
                        (
                            order.out_trade_no,
                            f"{china(self.now())[:10].replace('-', '')}22001{secrets.randbelow(10**15):015}",
                            WAITING,
                            order.fen,
                            order.subject,
                            buyer,
                            json.dumps(order.request),
                            order.expires,
                            self.now(),
                        ),
                    )
                db.execute("UPDATE cashier SET buyer=? WHERE token=?", (buyer, token))
                db.execute("INSERT OR IGNORE INTO purse VALUES (?, ?)", (buyer, PURSE))
        made = self.trade(order.out_trade_no)
        assert made is not None
        return made

    def purse(self, buyer: str) -> int:
        value = self._db.value("SELECT fen FROM purse WHERE buyer=?", buyer)
        return PURSE if value is None else int(str(value))

    def pay(self, out_trade_no: str, by: str) -> Trade:
        """The buyer's second press. Paying twice is refused."""
        with self._db.lock:
            trade = self.must(out_trade_no)
            self.check_payable(trade.order)
            if by == "balance" and self.purse(trade.buyer) < trade.order.fen:
                raise Refusal("ACQ.BUYER_BALANCE_NOT_ENOUGH", "买家余额不足")
            with self._db.write() as db:
                db.execute(
                    "UPDATE trade SET status=?, paid=?, paid_by=? WHERE out_trade_no=?",
                    (SUCCESS, self.now(), by, out_trade_no),
                )
                if by == "balance":
                    db.execute("UPDATE purse SET fen=fen-? WHERE buyer=?", (trade.order.fen, trade.buyer))
        return self.must(out_trade_no)

    # The merchant

    def trade(self, out_trade_no: str) -> Trade | None:
        """The trade, closed on the way if its time is over."""
        with self._db.write() as db:
            db.execute(
                "UPDATE trade SET status=?, closed=expires WHERE out_trade_no=? AND status=? AND expires<=?",
                (CLOSED, out_trade_no, WAITING, self.now()),
            )
        found = self._db.rows(
            "SELECT trade.*, (SELECT COALESCE(SUM(fen), 0) FROM refund WHERE refund.out_trade_no=trade.out_trade_no)"
            " AS refunded FROM trade WHERE out_trade_no=?",
            out_trade_no,
        )
        return trade_of(found[0]) if found else None

    def must(self, out_trade_no: str, trade_no: str = "") -> Trade:
        if not out_trade_no and trade_no:
            out_trade_no = str(self._db.value("SELECT out_trade_no FROM trade WHERE trade_no=?", trade_no) or "")
        trade = self.trade(out_trade_no)
        if trade is None or (trade_no and trade.trade_no != trade_no):
            raise Refusal("ACQ.TRADE_NOT_EXIST", "交易不存在")
        return trade

    def trades(self, limit: int = 50) -> list[Trade]:
        numbers = self._db.rows("SELECT out_trade_no FROM trade ORDER BY created DESC LIMIT ?", limit)
        return [self.must(row["out_trade_no"]) for row in numbers]

    def close_trade(self, trade: Trade) -> Trade:
        with self._db.lock:
            trade = self.must(trade.out_trade_no)
            if trade.status != WAITING:
                raise Refusal("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
            with self._db.write() as db:
                db.execute(
                    "UPDATE trade SET status=?, closed=? WHERE out_trade_no=?", (CLOSED, self.now(), trade.out_trade_no)
                )
        return self.must(trade.out_trade_no)

    def finish_trade(self, out_trade_no: str) -> Trade:
        """The refund window is over."""
        with self._db.lock:
            if self.must(out_trade_no).status != SUCCESS:
                raise Refusal("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
            with self._db.write() as db:
                db.execute("UPDATE trade SET status=? WHERE out_trade_no=?", (FINISHED, out_trade_no))
        return self.must(out_trade_no)

    def refund(self, trade: Trade, fen: int, out_request_no: str, reason: str) -> tuple[Trade, bool]:
        """The trade after the refund, and whether money moved: the same number and amount again moves none."""
        with self._db.lock:
            trade = self.must(trade.out_trade_no)
            if trade.status == FINISHED:
                raise Refusal("ACQ.TRADE_HAS_FINISHED", "交易已完结")
            before = self._db.value(
                "SELECT fen FROM refund WHERE out_trade_no=? AND out_request_no=?", trade.out_trade_no, out_request_no
            )
            if before is not None:
                if before != fen:
                    raise Refusal("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款请求号已使用，金额不一致")
                return trade, False
            if trade.status != SUCCESS:
                raise Refusal("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
            if trade.refunded + fen > trade.order.fen:
                raise Refusal("ACQ.REASON_TRADE_REFUND_FEE_ERR", "退款金额无效")
            whole = trade.refunded + fen == trade.order.fen
            with self._db.write() as db:
                db.execute(
                    "INSERT INTO refund VALUES (?,?,?,?,?)",
                    (trade.out_trade_no, out_request_no, fen, reason, self.now()),
                )
                if whole:
                    db.execute(
                        "UPDATE trade SET status=?, closed=? WHERE out_trade_no=?",
                        (CLOSED, self.now(), trade.out_trade_no),
                    )
                if trade.paid_by == "balance":
                    db.execute("UPDATE purse SET fen=fen+? WHERE buyer=?", (fen, trade.buyer))
        return self.must(trade.out_trade_no), True

    def refunds(self, out_trade_no: str) -> dict[str, sqlite3.Row]:
        """out_request_no -> fen, reason and at (seconds since the epoch) of the refunds made."""
        found = self._db.rows("SELECT * FROM refund WHERE out_trade_no=? ORDER BY at", out_trade_no)
        return {row["out_request_no"]: row for row in found}
