"""Notifies on their way to the merchant, redelivered until one answers `success`; and the signed return address."""

import http.client
import ipaddress
import json
import threading
import time
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from .book import Book
from .faults import Faults
from .formats import buyer_number, china, masked, money
from .keys import APP_ID, SELLER_ID, Keys, signed_text
from .trades import FINISHED, SUCCESS, Order, Trade

SCHEDULE = (240, 600, 600, 3600, 7200, 21600, 54000)
"""Seconds between deliveries: 4m, 10m, 10m, 1h, 2h, 6h, 15h; eight deliveries in 24 h 22 m."""


def refused_target(url: str) -> str:
    """Why a notify must not be sent there, or "". The address comes from outside: loopback only."""
    parts = urlsplit(url)
    try:
        loopback = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        loopback = False
    return "" if parts.scheme == "http" and loopback else "the simulator delivers to http on loopback addresses only"


class Courier:
    """Delivers notices from a thread of its own. `scale` multiplies the waiting times of the schedule."""

    def __init__(self, book: Book, keys: Keys, faults: Faults, *, scale: float) -> None:
        self.book, self.keys, self.faults, self.scale = book, keys, faults, scale
        self._wake = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self._wake.set()
        self._thread.join(10)

    def announce(self, trade: Trade, *, refund_no: str = "") -> None:
        """Put the notify about the trade's present state on its way (none for a trade that waits or just closed)."""
        url = trade.order.field("notify_url")
        if not url:
            return
        fields = self._fields(trade, refund_no)
        fault = self.faults.take("notify")
        how = fault.how if fault else ""
        if how == "amount":
            fields["total_amount"] = money(trade.order.fen + 100)
        elif how == "seller":
            fields["seller_id"] = "2088999999999999"
        elif how == "app":
            fields["app_id"] = fields["auth_app_id"] = "9021999999999999"
        fields["sign"] = self._signature(fields, forged=how == "forge")
        fields["sign_type"] = "RSA2"
        if how == "tamper":
            fields["total_amount"] = money(trade.order.fen + 1)
        due = time.time() + (fault.value if fault and how == "delay" else 0)
        for _ in range(2 if how == "twice" else 1):
            self.book.post_notice(
                trade.out_trade_no,
                fields["notify_id"],
                url,
                fields,
                None if how == "drop" or refused_target(url) else due,
            )
        if how == "early":
            self.deliver_due()
        self._wake.set()

    def _fields(self, trade: Trade, refund_no: str) -> dict[str, str]:
        now = self.book.now()
        amount = money(trade.order.fen)
        fields = {
            "notify_time": china(now),
            "notify_type": "trade_status_sync",
            "notify_id": f"{trade.trade_no}{int(now * 1000)}",
            "charset": "utf-8",
            "version": "1.0",
            "app_id": APP_ID,
            "auth_app_id": APP_ID,
            "trade_no": trade.trade_no,
            "out_trade_no": trade.out_trade_no,
            "buyer_id": buyer_number(trade.buyer),
            "buyer_logon_id": masked(trade.buyer),
            "seller_id": SELLER_ID,
            "seller_email": "shop@sandbox.example",
            "trade_status": trade.status,
            "total_amount": amount,
            "receipt_amount": amount,
            "invoice_amount": amount,
            "buyer_pay_amount": amount,
            "point_amount": "0.00",
            "subject": trade.order.subject,
            "body": trade.order.field("body"),
            "passback_params": trade.order.field("passback_params"),
            "gmt_create": china(trade.created),
            "gmt_payment": china(trade.paid or now),
            "fund_bill_list": f'[{{"amount":"{amount}","fundChannel":"ALIPAYACCOUNT"}}]',
        }
        if trade.refunded:
            fields |= {"refund_fee": money(trade.refunded), "gmt_refund": f"{china(now)}.123", "out_biz_no": refund_no}
        if trade.closed and trade.status not in (SUCCESS, FINISHED):
            fields["gmt_close"] = china(trade.closed)
        # Empty values are the one thing on which the clients disagree whether they are signed: there are none.
        return {key: value for key, value in fields.items() if value}

    def _signature(self, fields: Mapping[str, str], *, forged: bool = False) -> str:
        text = signed_text(fields, leave_out={"sign", "sign_type"})
        if forged:
            return Keys.signed_by(rsa.generate_private_key(public_exponent=65537, key_size=2048), text)
        return self.keys.sign(text)

    def return_url(self, order: Order, trade_no: str) -> str | None:
        """Where the browser goes after paying, signed; it says nothing about the state of the trade."""
        url = order.field("return_url")
        if not url:
            return None
        fields = {
            "charset": "utf-8",
            "out_trade_no": order.out_trade_no,
            "method": f"{order.field('method')}.return",
            "total_amount": money(order.fen),
            "trade_no": trade_no,
            "auth_app_id": APP_ID,
            "version": "1.0",
            "app_id": APP_ID,
            "seller_id": SELLER_ID,
            "timestamp": china(self.book.now()),
        }
        fields = {key: value for key, value in fields.items() if value}
        fields |= {"sign": self._signature(fields), "sign_type": "RSA2"}
        return f"{url}{'&' if '?' in url else '?'}{urlencode(fields)}"

    def resend(self, out_trade_no: str) -> int:
        count = self.book.resend(out_trade_no, time.time())
        self._wake.set()
        return count

    def deliver_due(self) -> None:
        """Deliver everything that is due now, each in a thread of its own, and wait for the answers."""
        threads = [threading.Thread(target=self._deliver, args=(row,)) for row in self.book.due_notices(time.time())]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _deliver(self, row: Mapping[str, object]) -> None:
        answer = self._post(str(row["url"]), json.loads(str(row["fields"])))
        tries = int(str(row["tries"]))
        again = None
        if answer != "success" and tries < len(SCHEDULE):
            again = time.time() + SCHEDULE[tries] * self.scale
        self.book.delivered(int(str(row["id"])), answer, again)

    @staticmethod
    def _post(url: str, fields: Mapping[str, str]) -> str:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        try:
            connection.request(
                "POST",
                parts.path + (f"?{parts.query}" if parts.query else ""),
                urlencode(fields).encode(),
                {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "User-Agent": "Mozilla/4.0"},
            )
            response = connection.getresponse()
            body = response.read(1000).decode(errors="replace")
            return body if response.status == 200 else f"HTTP {response.status}"
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()

    def _run(self) -> None:
        while not self._stopped:
            following = self.book.next_notice()
            wait = 3600.0 if following is None else max(0.0, following - time.time())
            self._wake.wait(wait)
            self._wake.clear()
            if not self._stopped:
                self.deliver_due()
