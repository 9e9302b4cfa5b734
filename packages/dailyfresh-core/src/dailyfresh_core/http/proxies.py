"""Whose request this is, seen through the site's own proxies only."""

import ipaddress
import re
from collections.abc import Sequence
from functools import lru_cache

from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@lru_cache(maxsize=8)
def _networks(trusted: tuple[str, ...]) -> Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(network, strict=False) for network in trusted if network != "unix"]


def _parse(text: str) -> Address | None:
    """The address in one entry; a port or a zone beside it is dropped: 192.0.2.7:51234, [2001:db8::7]:443, fe80::1%eth0."""
    found = re.fullmatch(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[\d.]+))(?::\d+)?|(?P<bare>.+)", text.strip())
    if found is None:
        return None
    try:
        address = ipaddress.ip_address((found["six"] or found["four"] or found["bare"]).partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def client_address(remote: str, forwarded_for: str = "", *, trusted: Sequence[str]) -> str | None:
    """The visitor's IP address; None when it cannot be known.

    `X-Forwarded-For` is read from its end and only as far as proxies of the `trusted` networks wrote it:
    what stands before that comes from the visitor and may be anything.
    """
    networks = _networks(tuple(trusted))
    address = _parse(remote)
    if address is None and "unix" not in trusted:
        return None
    for hop in [*reversed([hop for hop in forwarded_for.split(",") if hop.strip()]), None]:
        if address is not None and not any(address in network for network in networks):
            break
        parsed = None if hop is None else _parse(hop)
        if parsed is None:
            break
        address = parsed
    return None if address is None else str(address)


def visitor_address(request: HttpRequest, *, trusted: Sequence[str]) -> str | None:
    """The visitor's IP address as the site's own proxies report it."""
    meta = request.META
    return client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""), trusted=trusted)


def throttle_subject(address: str | None) -> str:
    """What attempts are counted by: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    if address is None:
        return "unknown"
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return address
