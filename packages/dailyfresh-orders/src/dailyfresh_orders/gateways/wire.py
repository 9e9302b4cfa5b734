"""Reaching a gateway: which URLs it may have, and an HTTP exchange that is over when its time is."""

import http.client
import io
import ipaddress
import socket
import time
from urllib.parse import urlsplit

LIMIT = 1_000_000
"""Bytes; answers of payment gateways are a few kilobytes."""


def is_loopback(host: str | None) -> bool:
    """Whether `host` is a loopback address written as a number: a name could resolve to anything."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def refused_url(url: str, *, loopback_allowed: bool) -> str | None:
    """Why money must not be sent to `url`, or None: https, or http on this very machine when the site allows the simulator."""
    parts = urlsplit(url)
    if parts.query or parts.fragment or parts.username or not parts.hostname:
        return "it must be scheme, host and path"
    if is_loopback(parts.hostname) or parts.hostname == "localhost" or parts.hostname.endswith(".localhost"):
        if not loopback_allowed:
            return "a loopback address is a simulator, and ALLOW_LOOPBACK_SIMULATOR is not set"
        if not is_loopback(parts.hostname):
            return "write the loopback address as a number"
        return None if parts.scheme in ("http", "https") else "it must begin with http"
    return None if parts.scheme == "https" else "it must begin with https"


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class TooMuch(OSError):
    """The answer does not end."""


class NotOk(OSError):
    """The server answered, with a status that carries no payload."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")


class _Clocked(io.RawIOBase):
    """A socket read until a moment: the socket's own timeout starts anew with every byte that drips in."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self.sock = sock
        self.until = until

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self.sock.settimeout(_left(self.until))
        return self.sock.recv_into(buffer)  # type: ignore[arg-type]


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("The deadline passed")
    return left


def post(url: str, body: bytes, *, seconds: float) -> str:
    """The text that `url` answers to a form: no proxy, no redirect, no endless drip.

    Raises OSError, http.client.HTTPException or ValueError, within `seconds` whatever the server does. Name
    resolution is the system's and has its own limit.
    """
    until = time.monotonic() + seconds
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds / 2)

    def clocked(sock: socket.socket, *args: object, **kwargs: object) -> http.client.HTTPResponse:
        return http.client.HTTPResponse(_Clocked(sock, until), *args, **kwargs)  # type: ignore[arg-type]

    connection.response_class = clocked  # type: ignore[assignment]
    try:
        connection.request(
            "POST",
            f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/",
            body,
            {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8", "Connection": "close"},
        )
        response = connection.getresponse()
        if response.status != 200:
            raise NotOk(response.status)
        answer = response.read(LIMIT + 1)
    finally:
        connection.close()
    if len(answer) > LIMIT:
        raise TooMuch(f"More than {LIMIT} bytes")
    return answer.decode()
