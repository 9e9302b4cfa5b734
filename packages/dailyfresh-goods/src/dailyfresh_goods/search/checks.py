"""System checks of the search."""

import ipaddress
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from ..backends import backend
from ..conf import NAME, conf
from .popular.base import Popular


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


@register
def check_search(**_: Any) -> list[CheckMessage]:
    """What stops the search from working, or makes it slow."""
    found: list[CheckMessage] = []
    if not apps.is_installed("haystack"):
        hint = 'Add "haystack" to INSTALLED_APPS and a HAYSTACK_CONNECTIONS, as the README shows.'
        return [Error("dailyfresh_goods.search needs haystack.", hint=hint, id="dailyfresh_search.E001")]
    if _installed("Whoosh") and _installed("Whoosh-Reloaded"):
        hint = "Both fill the package `whoosh`: pip uninstall whoosh whoosh-reloaded, then pip install whoosh-reloaded."
        found.append(
            Error(
                "The distributions whoosh and whoosh-reloaded are both installed.",
                hint=hint,
                id="dailyfresh_search.E002",
            )
        )
    for alias, options in getattr(settings, "HAYSTACK_CONNECTIONS", {}).items():
        if options.get("ENGINE", "").startswith("dailyfresh_goods.") and not options.get("PATH"):
            hint = "PATH is the folder of the index; every process of the site must be able to write there."
            found.append(Error(f"HAYSTACK_CONNECTIONS[{alias!r}] has no PATH.", hint=hint, id="dailyfresh_search.E003"))
    if getattr(settings, "HAYSTACK_SIGNAL_PROCESSOR", "").endswith("RealtimeSignalProcessor"):
        hint = "Remove HAYSTACK_SIGNAL_PROCESSOR: changes are indexed from rows by the drain, in the background."
        found.append(
            Warning("haystack indexes inside the transaction of each change.", hint=hint, id="dailyfresh_search.W001")
        )
    for network in conf.TRUSTED_PROXIES:
        try:
            if network != "unix":
                ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            hint = 'Give addresses or networks, as "10.0.0.0/8", or "unix" for a socket.'
            found.append(Error(f"{NAME}['TRUSTED_PROXIES']: {error}.", hint=hint, id="dailyfresh_search.E006"))
    if conf.SEARCH_POPULAR is not None:
        try:
            found += backend("SEARCH_POPULAR", Popular).check()  # type: ignore[type-abstract]
        except ImproperlyConfigured as error:
            hint = (
                'Write {"BACKEND": "dailyfresh_goods.search.popular.redis.RedisPopular"}, or None to count no searches.'
            )
            found.append(Error(str(error), hint=hint, id="dailyfresh_search.E005"))
    return found
