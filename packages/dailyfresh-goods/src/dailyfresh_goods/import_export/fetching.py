"""Files by their address: from hosts that the site names, over the public network, so many bytes and seconds and no more.

No library does all of it: the usual clients bound each read by itself, so that a server which trickles holds a worker for hours.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from django.utils.http import is_same_domain
from django.utils.translation import gettext_noop

LARGEST = 20 * 2**20
SECONDS = 20.0
"""For all of it: redirects, the handshake, headers and the body."""
HOPS = 3
PORTION = 2**16
PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
PUBLIC_V6 = ipaddress.ip_network("2000::/3")
TUNNELS = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))
"""Inside of an address of 6to4 or Teredo stands another, which may be private."""
MOVED = {301, 302, 303, 307, 308}
LATER = {408, 425, 429}
"""Answers of 400 to 499 after which it is worth to ask again."""

NO_ADDRESS = gettext_noop("This is no address of a picture (https://…).")
OTHER_HOST = gettext_noop("Pictures are not taken from this host: the setting PICTURE_HOSTS names those that are.")
NOT_PUBLIC = gettext_noop("The host has no address in the public network.")
TOO_LONG = gettext_noop("The file is larger than 20 MB.")
TOO_MANY_HOPS = gettext_noop("The address leads from one to the next.")
NOT_THERE = gettext_noop("The host has no such file, or does not give it out.")
UNREACHABLE = gettext_noop("The host could not be reached.")
TOO_SLOW = gettext_noop("The host was too slow.")


class Refused(Exception):
    """It is not fetched, now or later; the text, in English, says why."""


class Unreachable(Exception):
    """It may be there later; the text, in English, says what was in the way."""


class Target(NamedTuple):
    """What an address names."""

    scheme: str
    host: str
    path: str


def target_of(address: str, hosts: Sequence[str]) -> Target:
    """What an address names, if it names a host of those (".example.com": with all below it; "*": any); Refused otherwise."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode().lower()
        port = parts.port
    except ValueError as error:
        raise Refused(NO_ADDRESS) from error
    if parts.scheme not in PORTS or port not in (None, PORTS[parts.scheme]) or "@" in parts.netloc or "\\" in address:
        raise Refused(NO_ADDRESS)
    if not HOST.fullmatch(host):
        raise Refused(NO_ADDRESS)
    if not any(pattern == "*" or is_same_domain(host, pattern.lower()) for pattern in hosts):
        raise Refused(OTHER_HOST)
    query = f"?{parts.query}" if parts.query else ""
    return Target(parts.scheme, host, quote((parts.path or "/") + query, safe="/%?:@!$&'()*+,;=~"))


def fetch(address: str, *, hosts: Sequence[str]) -> bytes:
    """The file at an address. Each hop is judged like the first, and the connection goes to the very number that was judged.

    Raises Refused or Unreachable.
    """
    until = time.monotonic() + SECONDS
    for _hop in range(HOPS + 1):
        target = target_of(address, hosts)
        try:
            with _answer(target, until) as answer:
                if answer.status not in MOVED:
                    return _body(answer, until)
                there = urljoin(address, answer.getheader("Location") or "")
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(TOO_SLOW if time.monotonic() >= until else UNREACHABLE) from error
        if target.scheme == "https" and not there.startswith("https:"):
            raise Refused(NO_ADDRESS)
        address = there
    raise Refused(TOO_MANY_HOPS)


@contextmanager
def _answer(target: Target, until: float) -> Iterator[http.client.HTTPResponse]:
    """The answer of the host; its connection breaks off when the time is over, whatever is being waited for."""
    number, port = public_number(target.host, PORTS[target.scheme])
    with socket.create_connection((number, port), timeout=max(0.1, until - time.monotonic())) as plain:
        guard = plain.dup()  # the other one is taken over by TLS
        timer = threading.Timer(max(0, until - time.monotonic()), _break_off, [guard])
        timer.daemon = True
        timer.start()
        try:
            secure = target.scheme == "https"
            sock = ssl.create_default_context().wrap_socket(plain, server_hostname=target.host) if secure else plain
            with sock:
                connection = http.client.HTTPConnection(target.host)
                connection.sock = sock
                headers = {"Accept": "image/*", "Accept-Encoding": "identity", "Connection": "close"}
                connection.request("GET", target.path, headers={"User-Agent": "dailyfresh-goods", **headers})
                yield connection.getresponse()
        finally:
            timer.cancel()
            guard.close()


def _break_off(guard: socket.socket) -> None:
    with suppress(OSError):
        guard.shutdown(socket.SHUT_RDWR)


def public_number(host: str, port: int) -> tuple[str, int]:
    """Where to connect to. Refused where any number of the host is not public: none of them is to be trusted then."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(UNREACHABLE) from error
    numbers = [str(where[0]) for _family, _kind, _proto, _name, where in found]
    if not numbers or not all(map(is_public, numbers)):
        raise Refused(NOT_PUBLIC)
    return numbers[0], port


def is_public(number: str) -> bool:
    """Whether an address is one of the public network: not of this machine, its networks or a cloud's own services."""
    try:
        address = ipaddress.ip_address(number)
    except ValueError:  # "fe80::1%eth0"
        return False
    if isinstance(address, ipaddress.IPv6Address):
        outside = address not in PUBLIC_V6 or any(address in tunnel for tunnel in TUNNELS)
        return not outside and address.is_global
    return address.is_global and not address.is_multicast and not address.is_reserved


def _body(answer: http.client.HTTPResponse, until: float) -> bytes:
    if 400 <= answer.status < 500 and answer.status not in LATER:
        raise Refused(NOT_THERE)
    if answer.status != 200:
        raise Unreachable(UNREACHABLE)
    if (answer.length or 0) > LARGEST:
        raise Refused(TOO_LONG)
    pieces, size = [], 0
    while piece := answer.read1(PORTION):
        size += len(piece)
        if size > LARGEST:
            raise Refused(TOO_LONG)
        pieces.append(piece)
    if time.monotonic() >= until:
        raise Unreachable(TOO_SLOW)
    if answer.length:
        raise Unreachable(UNREACHABLE)
    return b"".join(pieces)
