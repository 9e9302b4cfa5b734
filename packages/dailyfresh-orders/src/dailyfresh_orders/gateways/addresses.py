"""Which addresses a gateway may have: https, or plain http on this very machine when the site allows the simulator."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str | None) -> bool:
    """Whether `host` is a loopback address written as a number: a name could resolve to anything."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def refused_address(url: str, *, loopback_allowed: bool) -> str | None:
    """Why money must not be sent to `url`, or None."""
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
