"""Whose request this is, seen through the site's own proxies only."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from .conf import conf

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@lru_cache(maxsize=8)
def _networks(trusted: tuple[str, ...]) -> Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(network, strict=False) for network in trusted if network != "unix"]


def _parse(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def client_address(remote: str, forwarded_for: str = "") -> str | None:
    """The visitor's IP address; None when it cannot be known.

    `X-Forwarded-For` is read from its end and only as far as proxies in TRUSTED_PROXIES wrote it:
    what stands before that comes from the visitor and may be anything.
    """
    trusted = tuple(conf.TRUSTED_PROXIES)
    address = _parse(remote)
    if address is None and "unix" not in trusted:
        return None
    for hop in [*reversed([hop for hop in forwarded_for.split(",") if hop.strip()]), None]:
        if address is not None and not any(address in network for network in _networks(trusted)):
            break
        parsed = None if hop is None else _parse(hop)
        if parsed is None:
            break
        address = parsed
    return None if address is None else str(address)


def throttle_subject(address: str | None) -> str:
    """What attempts are counted by: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    if address is None:
        return "unknown"
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return address
