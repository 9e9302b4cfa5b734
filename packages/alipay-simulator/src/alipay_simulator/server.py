"""The HTTP face of the simulator: /gateway.do, the cashier, and the desk where faults are switched."""

import ipaddress
import json
import logging
import socket
import threading
import time
from dataclasses import asdict
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import desk
from .api import PAGES, Api, Rejected
from .book import Book
from .faults import Fault, Faults
from .keys import Keys
from .notices import Courier
from .pages import configure, language, render, stylesheet
from .trades import Refusal, Trade

logger = logging.getLogger(__name__)
LIMIT = 1_000_000


class Simulator:
    """A pretended Alipay on `http://host:port`, with its keys and trades in `folder`.

    Port 0 takes any free one. `time_scale` multiplies the redelivery schedule of notifies. Use it as a context manager
    in tests; `serve()` blocks.
    """

    def __init__(self, folder: str | Path, *, host: str = "127.0.0.1", port: int = 0, time_scale: float = 1.0) -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"{host} is no loopback address: the simulator is for this machine only")
        configure()
        self.folder = Path(folder)
        self.keys = Keys(self.folder)
        self.book = Book(self.folder / "trades.sqlite3")
        self.faults = Faults()
        self.courier = Courier(self.book, self.keys, self.faults, scale=time_scale)
        self.api = Api(self.book, self.keys, self.faults, self.courier)
        kind = (
            type("Server", (ThreadingHTTPServer,), {"address_family": socket.AF_INET6})
            if ":" in host
            else ThreadingHTTPServer
        )
        self._server = kind((host, port), partial(Handler, self))
        self._server.daemon_threads = True
        self.host, self.port = host, int(self._server.server_address[1])
        shown = f"[{host}]" if ":" in host else host
        # Browsers and clients leave the standard port out of Host and Origin.
        self.origin = f"http://{shown}" if self.port == 80 else f"http://{shown}:{self.port}"
        self.url = f"{self.origin}/gateway.do"

    def fault(self, kind: str, how: str, *, method: str = "", value: float = 0, times: int = 1) -> None:
        """Switch a fault on; see `faults.KINDS`."""
        self.faults.add(Fault(kind, how, method, value, times))

    def sign_in(self, out_trade_no_or_url: str, buyer: str = "buyer_sandbox_017") -> Trade:
        """What the buyer's first press does, for a page.pay address."""
        return desk.sign_in(self, desk.enter(self, dict(parse_qsl(urlsplit(out_trade_no_or_url).query))), buyer)

    def pay(self, url: str, buyer: str = "buyer_sandbox_017", by: str = "balance") -> Trade:
        """Both presses of the buyer: the trade is paid when this returns, its notify on its way."""
        self.sign_in(url, buyer)
        return desk.pay(self, dict(parse_qsl(urlsplit(url).query)), by)

    def start(self) -> "Simulator":
        self.courier.start()
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="simulator", daemon=True
        ).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.courier.stop()
        self.book.close()

    def serve(self) -> None:
        self.courier.start()
        try:
            self._server.serve_forever()
        finally:
            self._server.server_close()
            self.courier.stop()
            self.book.close()

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.stop()


class Handler(BaseHTTPRequestHandler):
    """One request. Everything that changes something is a POST, except opening a cashier page as merchants link to it."""

    server_version = "AlipaySimulator"
    protocol_version = "HTTP/1.1"
    timeout = 30

    def __init__(self, simulator: Simulator, *args: Any) -> None:
        self.simulator = simulator
        super().__init__(*args)

    def do_GET(self) -> None:
        self._handle({})

    def do_POST(self) -> None:
        given = self.headers.get("Content-Length") or "0"
        length = int(given) if given.isdecimal() else LIMIT + 1
        if length > LIMIT:
            self.close_connection = True
            return self.reply(b"too large", status=413)
        return self._handle(dict(parse_qsl(self.rfile.read(length).decode("utf-8", "replace"), keep_blank_values=True)))

    def _handle(self, form: dict[str, str]) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        # A web page elsewhere must not reach this server under a name of its own (DNS rebinding), nor post to its desk.
        if self.headers.get("Host", "") != urlsplit(self.simulator.origin).netloc:
            return self.reply(b"wrong host", status=403)
        if parts.path == "/gateway.do":
            return self._gateway({**query, **form})
        if self.command == "POST" and self.headers.get("Origin", self.simulator.origin) != self.simulator.origin:
            return self.reply(b"wrong origin", status=403)
        try:
            return desk.route(self, parts.path, query, form)
        except Refusal as refusal:
            return self.page("refused.html", {"refusal": refusal}, status=409)

    def _gateway(self, params: dict[str, str]) -> None:
        simulator = self.simulator
        method = params.get("method", "")
        if method in PAGES:
            try:
                return self.redirect(f"/cashier/{desk.enter(simulator, params)}/")
            except Refusal as refusal:
                return self.page("refused.html", {"refusal": refusal}, status=409)
            except Rejected as rejected:
                return self.page("refused.html", {"refusal": rejected}, status=400)
        fault = simulator.faults.take("reply", method=method)
        how = fault.how if fault else ""
        if how == "refuse":
            return self.drop()
        if how == "500-before":
            return self.reply(b"Internal Server Error", status=500)
        if how == "html":
            return self.reply("<html><body>系统维护中</body></html>".encode(), kind="text/html;charset=utf-8")
        if how == "20000":
            return self.reply(simulator.api.unavailable(method))
        answer = simulator.api.answer(params)
        if how == "drop":
            return self.drop()
        if how == "500":
            return self.reply(b"Internal Server Error", status=500)
        if how == "garbage":
            return self.reply(b"\xff\xfe\x00 neither JSON nor text")
        if how == "20000-after":
            return self.reply(simulator.api.unavailable(method))
        if how in ("bad-signature", "unsigned"):
            (name, payload), *_ = json.loads(answer).items()
            return self.reply(simulator.api.sealed(name, payload, signed=how != "unsigned", over="something else"))
        if how == "hang" and fault:
            time.sleep(fault.value or 30)
            return self.drop()
        return self.reply(answer, drip=how == "drip")

    def drop(self) -> None:
        self.close_connection = True

    def page(self, name: str, values: dict[str, Any], *, status: int = 200, leads_to: str = "") -> None:
        body = render(name, values, code=language(self.headers.get("Accept-Language", "")))
        policy = f"default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self' {leads_to}"
        self.reply(
            body, kind="text/html;charset=utf-8", status=status, headers={"Content-Security-Policy": policy.strip()}
        )

    def redirect(self, to: str) -> None:
        self.reply(b"", status=303, headers={"Location": to})

    def static(self) -> None:
        self.reply(stylesheet(), kind="text/css;charset=utf-8")

    def state(self) -> None:
        """Everything the desk shows, as JSON for scripts."""
        simulator = self.simulator
        trades = [{**asdict(trade), "out_trade_no": trade.out_trade_no} for trade in simulator.book.trades()]
        faults = [asdict(fault) for fault in simulator.faults.on()]
        self.reply(json.dumps({"trades": trades, "faults": faults, "calls": simulator.api.calls[-200:]}).encode())

    def reply(
        self,
        body: bytes,
        *,
        kind: str = "text/html;charset=utf-8",
        status: int = 200,
        headers: dict[str, str] | None = None,
        drip: bool = False,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in {
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for byte in body if drip else ():
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(1)
            if not drip:
                self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        # The request line of a cashier address holds the merchant's signature; the path is enough.
        logger.info("%s %s %s", self.command, urlsplit(self.path).path, args[1] if len(args) > 1 else "")
