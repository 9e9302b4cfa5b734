"""Whose request this is, seen through the proxies in TRUSTED_PROXIES."""

from dailyfresh_core import proxies
from dailyfresh_core.proxies import throttle_subject

from .conf import conf

__all__ = ["client_address", "throttle_subject"]


def client_address(remote: str, forwarded_for: str = "") -> str | None:
    """The visitor's IP address; None when it cannot be known."""
    return proxies.client_address(remote, forwarded_for, trusted=conf.TRUSTED_PROXIES)
