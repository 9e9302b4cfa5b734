"""A visitor without a screen: one connection, cookies, an address of its own on loopback."""

import json
import re
import ssl
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

TRUSTING = ssl._create_unverified_context()  # noqa: S323 - the stack's certificate is its own
SECONDS = 40.0
IDLE = 20.0
"""Seconds after which an unused connection is left for a new one, as browsers do: nginx closes its end after 30."""
CUT = 0
"""Status of an answer that did not come."""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 400

    @property
    def refused(self) -> bool:
        """Said no, and did nothing; anything else that is not ok leaves open what was done."""
        return 400 <= self.status < 500

    def data(self) -> dict[str, Any]:
        """The envelope's data."""
        try:
            return dict(json.loads(self.text)["data"])
        except (ValueError, KeyError, TypeError):
            return {}

    def fields(self) -> dict[str, str]:
        """name -> value of the page's inputs that have one."""
        inputs = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input\b[^>]*>", self.text)]
        return {each["name"]: each["value"] for each in inputs if "name" in each and "value" in each}


class Tally:
    """Answers by kind, of all browsers together."""

    def __init__(self) -> None:
        self.lock, self.counts = Lock(), Counter[str]()
        self.pages_of_500: list[str] = []
        self.slowest = 0.0

    def note(self, path: str, answer: Answer, seconds: float) -> None:
        kind = "cut" if answer.status == CUT else str(answer.status)
        with self.lock:
            self.counts[kind] += 1
            self.slowest = max(self.slowest, seconds)
            if answer.status == 500:
                self.pages_of_500.append(path)

    def now(self) -> Counter[str]:
        with self.lock:
            return Counter(self.counts)


class Browser:
    """Asks the shop; what fails on the way is an `Answer` of status `CUT`, never an exception."""

    def __init__(self, site: str, tally: Tally, *, address: str = "127.0.0.1") -> None:
        self.site, self.tally, self.address = urlsplit(site), tally, address
        self.cookies: dict[str, str] = {}
        self.connection: HTTPConnection | None = None
        self.used = time.monotonic()

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def get(self, path: str, *, script: bool = False) -> Answer:
        return self.ask("GET", path, script=script)

    def post(self, path: str, form: Mapping[str, object] | None = None, *, picture: bytes = b"") -> Answer:
        """As a script of the page would, or with a picture as the page's form would."""
        token = self.get("/visitor/").data().get("csrf", "")
        headers = {"X-CSRFToken": str(token)}
        if not picture:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return self.ask("POST", path, urlencode(form or {}).encode(), headers, script=True)
        body, headers["Content-Type"] = multipart(form or {}, picture)
        return self.ask("POST", path, body, headers)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        script: bool = False,
    ) -> Answer:
        sent = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": f"{self.site.geturl()}/",
            "Accept": "application/json" if script else "text/html",
            **(headers or {}),
        }
        began = time.monotonic()
        try:
            answer = self._asked(method, path, body, sent)
        except (OSError, HTTPException):
            self.close()
            answer = Answer(CUT)
        self.tally.note(path, answer, time.monotonic() - began)
        return answer

    def _asked(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        if time.monotonic() - self.used > IDLE:
            self.close()
        if self.connection is None:
            host, port = self.site.hostname or "", self.site.port
            source = (self.address, 0)
            self.connection = HTTPSConnection(host, port, context=TRUSTING, timeout=SECONDS, source_address=source)
        self.connection.request(method, path, body, dict(headers))
        response = self.connection.getresponse()
        text = response.read().decode(errors="replace")
        self.used = time.monotonic()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, {key.lower(): value for key, value in response.getheaders()}, text)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def multipart(form: Mapping[str, object], picture: bytes) -> tuple[bytes, str]:
    """The body and its type; the picture goes by the name that the form gives for the value None."""
    edge, parts = uuid4().hex, []
    for name, value in form.items():
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"'
        if value is None:
            parts.append(f'{head}; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'.encode() + picture + b"\r\n")
        else:
            parts.append(f"{head}\r\n\r\n{value}\r\n".encode())
    return b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"
