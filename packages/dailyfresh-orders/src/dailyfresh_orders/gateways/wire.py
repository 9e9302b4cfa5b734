"""One HTTP exchange that is over when its time is: no proxy, no redirect, no endless drip."""

import http.client
import io
import socket
import time
from urllib.parse import urlsplit

LIMIT = 1_000_000
"""Bytes; answers of payment gateways are a few kilobytes."""


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
    """The text that `url` answers to a form.

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
