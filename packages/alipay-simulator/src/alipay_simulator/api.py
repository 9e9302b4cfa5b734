"""The open API: what gateway.do answers (alipay.trade.query, .close, .refund, .fastpay.refund.query, .page.pay, .wap.pay)."""

import calendar
import json
import re
import time
from collections.abc import Mapping
from typing import Any

from .book import Book
from .courier import Courier
from .faults import Faults
from .formats import buyer_number, china, fen, masked, money
from .keys import APP_ID, Keys
from .trades import CLOSED, SUCCESS, Order, Refusal, Trade

PAGES = {"alipay.trade.page.pay": "FAST_INSTANT_TRADE_PAY", "alipay.trade.wap.pay": "QUICK_WAP_WAY"}
UNITS = {"m": 60, "h": 3600, "d": 86400}
LONGEST = 15 * 86400


class Rejected(Exception):
    """A request that never reaches a trade: gateway errors, signed unless the application is unknown."""

    def __init__(self, code: str, sub_code: str, sub_msg: str, *, signed: bool = True) -> None:
        super().__init__(sub_code)
        self.code: str = code
        self.sub_code: str = sub_code
        self.sub_msg: str = sub_msg
        self.signed: bool = signed


class Api:
    def __init__(self, book: Book, keys: Keys, faults: Faults, courier: Courier) -> None:
        self.book: Book = book
        self.keys: Keys = keys
        self.faults: Faults = faults
        self.courier: Courier = courier
        self.calls: list[str] = []
        """Methods in the order in which they came, for tests that count."""
        self._methods = {
            "alipay.trade.query": self._query,
            "alipay.trade.close": self._close,
            "alipay.trade.cancel": self._cancel,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._refund_query,
        }

    def verified(self, params: Mapping[str, str]) -> dict[str, Any]:
        """The business content of a request that our application signed; `Rejected` otherwise."""
        if params.get("app_id") != APP_ID:
            raise Rejected("40002", "isv.invalid-app-id", "无效的AppID参数", signed=False)
        for name in ("method", "sign", "sign_type", "timestamp", "version", "charset"):
            if not params.get(name):
                raise Rejected("40001", f"isv.missing-{name.replace('_', '-')}", f"缺少{name}参数")
        if params["sign_type"] != "RSA2":
            raise Rejected("40002", "isv.invalid-signature-type", "无效的签名类型")
        if params["charset"].lower() != "utf-8":
            raise Rejected("40002", "isv.invalid-charset", "编码错误")
        if not self.keys.is_from_app(params):
            raise Rejected("40002", "isv.invalid-signature", "验签出错")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", params["timestamp"]):
            raise Rejected("40002", "isv.invalid-timestamp", "非法的时间戳参数")
        try:
            content = json.loads(params.get("biz_content") or "{}")
        except ValueError:
            raise Rejected("40002", "isv.invalid-parameter", "biz_content不是JSON") from None
        if not isinstance(content, dict):
            raise Rejected("40002", "isv.invalid-parameter", "biz_content不是JSON对象")
        return content

    def order(self, params: Mapping[str, str], content: Mapping[str, Any]) -> Order:
        """What a page.pay or wap.pay request wants paid."""
        number, subject = str(content.get("out_trade_no", "")), str(content.get("subject", ""))
        if not re.fullmatch(r"[0-9A-Za-z_]{1,64}", number) or not 1 <= len(subject) <= 256:
            raise Refusal("ACQ.INVALID_PARAMETER", "参数无效")
        if content.get("product_code") != PAGES[params["method"]]:
            raise Refusal("ACQ.INVALID_PARAMETER", "product_code无效")
        for name in ("notify_url", "return_url"):
            if len(params.get(name, "")) > 256:
                raise Refusal("ACQ.INVALID_PARAMETER", f"{name}过长")
        keep = {name: str(content[name]) for name in ("body", "passback_params") if content.get(name)}
        keep |= {name: params[name] for name in ("notify_url", "return_url", "method") if params.get(name)}
        return Order(number, fen(content.get("total_amount")), subject, self._expiry(content), keep)

    def _expiry(self, content: Mapping[str, Any]) -> float:
        now = self.book.now()
        if absolute := str(content.get("time_expire", "")):
            try:
                shape = "%Y-%m-%d %H:%M:%S" if len(absolute) == 19 else "%Y-%m-%d %H:%M"
                return calendar.timegm(time.strptime(absolute, shape)) - 8 * 3600
            except ValueError:
                raise Refusal("ACQ.INVALID_PARAMETER", "time_expire无效") from None
        span = str(content.get("timeout_express") or "15d")
        found = re.fullmatch(r"(\d{1,6})([mhd])", span)
        seconds = int(found[1]) * UNITS[found[2]] if found else 0
        if span == "1c":
            seconds = 86400 - int(now + 8 * 3600) % 86400
        if not 60 <= seconds <= LONGEST and span != "1c":
            raise Refusal("ACQ.INVALID_PARAMETER", "timeout_express无效")
        return now + seconds

    def answer(self, params: Mapping[str, str]) -> bytes:
        """The whole answer to a server call: `{"X_response":{…},"sign":"…"}`, signed over the very bytes sent."""
        method = params.get("method", "")
        self.calls.append(method)
        name, signed = f"{method.replace('.', '_')}_response", True
        try:
            if method not in self._methods:
                name = "error_response"
                raise Rejected("40002", "isv.invalid-method", "不存在的方法名")
            payload = {"code": "10000", "msg": "Success", **self._methods[method](self.verified(params))}
        except Refusal as refusal:
            payload = {
                "code": "40004",
                "msg": "Business Failed",
                "sub_code": refusal.sub_code,
                "sub_msg": refusal.sub_msg,
            }
        except Rejected as rejected:
            message = "Missing Required Arguments" if rejected.code == "40001" else "Invalid Arguments"
            payload = {
                "code": rejected.code,
                "msg": message,
                "sub_code": rejected.sub_code,
                "sub_msg": rejected.sub_msg,
            }
            signed = rejected.signed
        return self.sealed(name, payload, signed=signed)

    def unavailable(self, method: str) -> bytes:
        payload = {
            "code": "20000",
            "msg": "Service Currently Unavailable",
            "sub_code": "isp.unknow-error",
            "sub_msg": "系统繁忙",
        }
        return self.sealed(f"{method.replace('.', '_')}_response", payload)

    def sealed(self, name: str, payload: Mapping[str, Any], *, signed: bool = True, over: str | None = None) -> bytes:
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        sign = f',"sign":"{self.keys.sign(text if over is None else over)}"' if signed else ""
        return f'{{"{name}":{text}{sign}}}'.encode()

    def _of(self, content: Mapping[str, Any]) -> Trade:
        number, trade_no = str(content.get("out_trade_no") or ""), str(content.get("trade_no") or "")
        if not (number or trade_no):
            raise Refusal("ACQ.INVALID_PARAMETER", "参数无效")
        return self.book.must(number, trade_no)

    def _query(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade = self._of(content)
        wrong = self.faults.take("trade", method="alipay.trade.query")
        paid = {
            "buyer_pay_amount": money(trade.order.fen),
            "receipt_amount": money(trade.order.fen),
            "send_pay_date": china(trade.paid or 0),
        }
        return {
            "trade_no": trade.trade_no,
            "out_trade_no": trade.out_trade_no,
            "buyer_logon_id": masked(trade.buyer),
            "buyer_user_id": buyer_number(trade.buyer),
            "trade_status": trade.status,
            "total_amount": money(trade.order.fen + (100 if wrong else 0)),
            **(paid if trade.paid else {}),
        }

    def _close(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade = self.book.close_trade(self._of(content))
        return {"trade_no": trade.trade_no, "out_trade_no": trade.out_trade_no}

    def _cancel(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Closes an unpaid trade, refunds a paid one, and does nothing about one that is not there."""
        number = str(content.get("out_trade_no") or "")
        done = {"out_trade_no": number, "retry_flag": "N"}
        trade = self.book.trade(number)
        if trade is None:
            return done
        done["trade_no"] = trade.trade_no
        if trade.status == SUCCESS:
            refund_no = f"cancel_{number}"
            trade, _moved = self.book.refund(trade, trade.order.fen - trade.refunded, refund_no, "")
            self.courier.announce(trade, refund_no=refund_no)
            return {**done, "action": "refund"}
        if trade.status == CLOSED:
            return done
        self.book.close_trade(trade)
        return {**done, "action": "close"}

    def _refund(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade = self._of(content)
        amount = fen(content.get("refund_amount"))
        number = str(content.get("out_request_no") or "")
        if not number and amount != trade.order.fen:
            raise Refusal("ACQ.INVALID_PARAMETER", "部分退款必须传out_request_no")
        number = number or trade.out_trade_no
        fault = self.faults.take("refund", method="alipay.trade.refund")
        how = fault.how if fault else ""
        if how == "poor":
            raise Refusal("ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足")
        moved = False
        if how != "pending":
            trade, moved = self.book.refund(trade, amount, number, str(content.get("refund_reason") or ""))
            if moved:
                self.courier.announce(trade, refund_no=number)
        return {
            "trade_no": trade.trade_no,
            "out_trade_no": trade.out_trade_no,
            "buyer_logon_id": masked(trade.buyer),
            "buyer_user_id": buyer_number(trade.buyer),
            "fund_change": "Y" if moved and how != "unchanged" else "N",
            "refund_fee": money(trade.refunded),
            "gmt_refund_pay": china(self.book.now()),
        }

    def _refund_query(self, content: Mapping[str, Any]) -> dict[str, Any]:
        trade = self._of(content)
        number = str(content.get("out_request_no") or "")
        if not number:
            raise Refusal("ACQ.INVALID_PARAMETER", "参数无效")
        row = self.book.refunds(trade.out_trade_no).get(number)
        if row is None:
            return {}
        return {
            "trade_no": trade.trade_no,
            "out_trade_no": trade.out_trade_no,
            "out_request_no": number,
            "refund_reason": row["reason"],
            "total_amount": money(trade.order.fen),
            "refund_amount": money(row["fen"]),
            "refund_status": "REFUND_SUCCESS",
        }
