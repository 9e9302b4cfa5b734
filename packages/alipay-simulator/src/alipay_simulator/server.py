"""The HTTP face of the simulator: /gateway.do, the cashier, and the desk where faults are switched."""

import ipaddress
import logging
import socket
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import desk, gateway
from .pages import Answer, language_of, words
from .provider import Provider

logger: logging.Logger = logging.getLogger(__name__)
LIMIT = 1_000_000
"""Bytes of a request that are read."""


class Simulator(Provider):
    """A pretended Alipay on `http://host:port`, with its keys and trades in `folder`.

    Port 0 takes any free one. `time_scale` multiplies the redelivery schedule of notifies. Use it as a context manager
    in tests; `serve()` blocks. ValueError for a host that is no loopback address.
    """

    def __init__(self, folder: str | Path, *, host: str = "127.0.0.1", port: int = 0, time_scale: float = 1.0) -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"{host} is no loopback address: the simulator is for this machine only")
        super().__init__(folder, time_scale=time_scale)
        self._server = (_Server6 if ":" in host else ThreadingHTTPServer)((host, port), partial(Handler, self))
        self.host: str = host
        self.port: int = int(self._server.server_address[1])
        shown = f"[{host}]" if ":" in host else host
        # Browsers and clients leave the standard port out of Host and Origin.
        self.origin: str = f"http://{shown}" if self.port == 80 else f"http://{shown}:{self.port}"
        self.url: str = f"{self.origin}/gateway.do"

    def start(self) -> "Simulator":
        """Serve from a thread."""
        self.courier.start()
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="simulator", daemon=True
        ).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.close()

    def serve(self) -> None:
        """Serve from this thread, until an exception ends it."""
        self.courier.start()
        try:
            self._server.serve_forever()
        finally:
            self._server.server_close()
            self.close()

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server6(ThreadingHTTPServer):
    address_family = socket.AF_INET6


class Handler(BaseHTTPRequestHandler):
    """One request. Everything that changes something is a POST, except opening a cashier page as merchants link to it."""

    server_version = "AlipaySimulator"
    protocol_version = "HTTP/1.1"
    timeout = 30

    def __init__(self, simulator: Simulator, *args: Any) -> None:
        self.simulator = simulator
        super().__init__(*args)

    def do_GET(self) -> None:
        self._send(self._answer({}))

    def do_POST(self) -> None:
        given = self.headers.get("Content-Length") or "0"
        length = int(given) if given.isdecimal() and len(given) < 10 else LIMIT + 1
        if length > LIMIT:
            self.close_connection = True
            return self._send(words("too large", status=413))
        form = parse_qsl(self.rfile.read(length).decode("utf-8", "replace"), keep_blank_values=True)
        return self._send(self._answer(dict(form)))

    def _answer(self, form: dict[str, str]) -> Answer:
        parts = urlsplit(self.path)
        origin = self.simulator.origin
        language = language_of(self.headers.get("Accept-Language", ""))
        # A web page elsewhere must not reach this server under a name of its own (DNS rebinding), nor post to its desk.
        if self.headers.get("Host", "") != urlsplit(origin).netloc:
            return words("wrong host", status=403)
        if parts.path == "/gateway.do":
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            return gateway.answer_to(self.simulator, {**query, **form}, language=language)
        if self.command == "POST" and self.headers.get("Origin", origin) != origin:
            return words("wrong origin", status=403)
        return desk.answer_to(self.simulator, self.command, parts.path, form, language=language)

    def _send(self, answer: Answer) -> None:
        time.sleep(answer.wait)
        if answer.drop:
            self.close_connection = True
            return
        self.send_response(answer.status)
        own = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body))}
        for name, value in {
            **own,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **answer.headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self._write(answer)
        except OSError:
            self.close_connection = True

    def _write(self, answer: Answer) -> None:
        if not answer.drip:
            self.wfile.write(answer.body)
            return
        for byte in answer.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(1)

    def log_message(self, format: str, *args: object) -> None:
        # The request line of a cashier address holds the merchant's signature; the path is enough.
        logger.info("%s %s %s", self.command, urlsplit(self.path).path, args[1] if len(args) > 1 else "")
