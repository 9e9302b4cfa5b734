"""Notifies on their way to the merchant, delivered again until one is answered `success`."""

import http.client
import ipaddress
import json
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from .book import Book
from .database import Database
from .faults import Faults
from .formats import money
from .keys import Keys
from .notices import notify_fields, signed
from .trades import Trade

SCHEDULE = (240, 600, 600, 3600, 7200, 21600, 54000)
"""Seconds between deliveries: 4m, 10m, 10m, 1h, 2h, 6h, 15h; eight deliveries in 24 h 22 m."""
PATIENCE = 10
"""Seconds that a merchant has for each part of an answer."""


def refused_target(url: str) -> str:
    """Why a notify must not be sent there, or "". The address comes from outside: loopback only."""
    parts = urlsplit(url)
    try:
        loopback = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        loopback = False
    return "" if parts.scheme == "http" and loopback else "the simulator delivers to http on loopback addresses only"


@dataclass(frozen=True)
class Notice:
    """A notify, told or untold."""

    number: int
    out_trade_no: str
    url: str
    fields: dict[str, str]
    """What is posted, signed."""
    tries: int
    due: float | None
    """When it is delivered next, in seconds since the epoch; None: never."""
    answer: str


def notice_of(row: sqlite3.Row) -> Notice:
    return Notice(
        row["id"], row["out_trade_no"], row["url"], json.loads(row["fields"]), row["tries"], row["due"], row["answer"]
    )


class Courier:
    """Delivers notices from a thread of its own. `scale` multiplies the waiting times of the schedule."""

    def __init__(self, database: Database, book: Book, keys: Keys, faults: Faults, *, scale: float) -> None:
        self._db, self._book, self._keys, self._faults, self._scale = database, book, keys, faults, scale
        self._wake = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self._wake.set()
        self._thread.join(10)

    def announce(self, trade: Trade, *, refund_no: str = "", tell: bool = True) -> None:
        """Put the notify about the trade's present state on its way, or only write it down; none without an address."""
        url = trade.order.field("notify_url")
        if not url:
            return
        fields = notify_fields(trade, now=self._book.now(), refund_no=refund_no)
        fault = self._faults.take("notify") if tell else None
        how = fault.how if fault else ""
        if how == "amount":
            fields["total_amount"] = money(trade.order.fen + 100)
        elif how == "seller":
            fields["seller_id"] = "2088999999999999"
        elif how == "app":
            fields["app_id"] = fields["auth_app_id"] = "9021999999999999"
        fields = signed(fields, keys=self._keys, forged=how == "forge")
        if how == "tamper":
            fields["total_amount"] = money(trade.order.fen + 1)
        due = time.time() + (fault.value if fault and how == "delay" else 0)
        silent = not tell or how == "drop" or refused_target(url)
        self._post(trade.out_trade_no, url, fields, None if silent else due, copies=2 if how == "twice" else 1)
        if how == "early":
            self.deliver_due()
        self._wake.set()

    def _post(self, out_trade_no: str, url: str, fields: dict[str, str], due: float | None, *, copies: int) -> None:
        row = (fields["notify_id"], out_trade_no, url, json.dumps(fields), due)
        with self._db.write() as db:
            for _ in range(copies):
                db.execute("INSERT INTO notice (notify_id, out_trade_no, url, fields, due) VALUES (?,?,?,?,?)", row)

    def notices(self, out_trade_no: str = "") -> list[Notice]:
        """What there is to tell about this trade, or about all, delivered or not; the oldest first."""
        rows = self._db.rows(
            "SELECT * FROM notice WHERE out_trade_no=? OR ?='' ORDER BY id", out_trade_no, out_trade_no
        )
        return [notice_of(row) for row in rows]

    def resend(self, out_trade_no: str) -> int:
        """Deliver every notice of the trade once more, whatever was answered before."""
        with self._db.write() as db:
            count = db.execute("UPDATE notice SET due=? WHERE out_trade_no=?", (time.time(), out_trade_no)).rowcount
        self._wake.set()
        return count

    def deliver_due(self) -> None:
        """Deliver everything that is due now, each in a thread of its own, and wait for the answers."""
        threads = [threading.Thread(target=self._deliver, args=(notice,)) for notice in self._claimed()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _claimed(self) -> list[Notice]:
        """What is due now, put off for as long as a delivery can take, so that nobody delivers it at the same time."""
        now = time.time()
        with self._db.write() as db:
            due = db.execute("SELECT * FROM notice WHERE due<=? ORDER BY due", (now,)).fetchall()
            db.execute("UPDATE notice SET due=? WHERE due<=?", (now + 2 * PATIENCE, now))
        return [notice_of(row) for row in due]

    def _deliver(self, notice: Notice) -> None:
        refused = refused_target(notice.url)
        answer = refused or posted(notice.url, notice.fields)
        again = None
        if answer != "success" and not refused and notice.tries < len(SCHEDULE):
            again = time.time() + SCHEDULE[notice.tries] * self._scale
        with self._db.write() as db:
            db.execute(
                "UPDATE notice SET tries=tries+1, answer=?, due=? WHERE id=?", (answer[:200], again, notice.number)
            )

    def _run(self) -> None:
        while not self._stopped:
            following = self._next()
            wait = 3600.0 if following is None else max(0.0, following - time.time())
            self._wake.wait(wait)
            self._wake.clear()
            if not self._stopped:
                self.deliver_due()

    def _next(self) -> float | None:
        value = self._db.value("SELECT MIN(due) FROM notice WHERE due IS NOT NULL")
        return None if value is None else float(str(value))


def posted(url: str, fields: Mapping[str, str]) -> str:
    """The body of the merchant's answer; for anything but a 200 the status, or the name of the error."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
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
