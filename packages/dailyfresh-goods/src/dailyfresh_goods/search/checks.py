"""System checks of the search."""

from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from .popular import popular_backend

WHOOSHES = ("Whoosh", "Whoosh-Reloaded", "whoosh3")


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


@register
def check_search(**_: Any) -> list[CheckMessage]:
    """What stops the search from working, or makes it slow."""
    if apps.is_installed("haystack"):
        return [*_whooshes(), *_connections(), *_popular()]
    hint = 'Add "haystack" to INSTALLED_APPS and a HAYSTACK_CONNECTIONS, as the README shows.'
    return [Error("dailyfresh_goods.search needs haystack.", hint=hint, id="dailyfresh_search.E001")]


def _whooshes() -> Iterator[CheckMessage]:
    names = [name for name in WHOOSHES if _installed(name)]
    if len(names) > 1:
        hint = f"They all fill the package `whoosh`: pip uninstall {' '.join(names)}, then install one of them."
        message = f"The distributions {' and '.join(names)} overwrite each other."
        yield Error(message, hint=hint, id="dailyfresh_search.E002")


def _connections() -> Iterator[CheckMessage]:
    for alias, options in getattr(settings, "HAYSTACK_CONNECTIONS", {}).items():
        if options.get("ENGINE", "").startswith("dailyfresh_goods.") and not options.get("PATH"):
            hint = "PATH is the folder of the index; every process of the site must be able to write there."
            yield Error(f"HAYSTACK_CONNECTIONS[{alias!r}] has no PATH.", hint=hint, id="dailyfresh_search.E003")
    if getattr(settings, "HAYSTACK_SIGNAL_PROCESSOR", "").endswith("RealtimeSignalProcessor"):
        hint = "Remove HAYSTACK_SIGNAL_PROCESSOR: changes are indexed from rows by the drain, in the background."
        yield Warning("haystack indexes inside the transaction of each change.", hint=hint, id="dailyfresh_search.W001")


def _popular() -> Iterable[CheckMessage]:
    try:
        counter = popular_backend()
    except ImproperlyConfigured as error:
        hint = 'Write {"BACKEND": "dailyfresh_goods.search.popular.RedisPopular"}, or None to count no searches.'
        return [Error(str(error), hint=hint, id="dailyfresh_search.E005")]
    return counter.check() if counter else []
