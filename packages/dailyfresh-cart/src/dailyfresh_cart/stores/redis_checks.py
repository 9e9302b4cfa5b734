"""What a Redis cart store can say of its configuration, and of its server."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.utils.module_loading import import_string
from redis.connection import parse_url

TAG = "dailyfresh_cart"


def configuration_messages(alias: str, url: str) -> list[CheckMessage]:
    """Asks no server."""
    caches: dict[str, dict[str, Any]] = settings.CACHES
    if not alias:
        return list(_shared("the option url", url, caches)) if url else []
    if alias not in caches:
        text = f"The cart store's alias {alias!r} is not in CACHES."
        hint = "Give the carts an alias of their own, with django_redis.cache.RedisCache as its BACKEND."
        return [Error(text, hint=hint, id=f"{TAG}.E002")]
    cache = caches[alias]
    if "django_redis" not in cache.get("BACKEND", ""):
        text = f"The cart store's alias {alias!r} is no cache of django-redis."
        return [Error(text, hint="Set its BACKEND to django_redis.cache.RedisCache.", id=f"{TAG}.E002")]
    others = {name: other for name, other in caches.items() if name != alias}
    messages: list[CheckMessage] = []
    if alias == "default":
        messages.append(_flushed("the alias 'default'", "default"))
    for location in _locations(cache):
        messages += _shared(f"the alias {alias!r}", location, others)
    if not cache.get("OPTIONS", {}).get("SOCKET_TIMEOUT"):
        text = f"The alias {alias!r} has no SOCKET_TIMEOUT: a Redis that hangs would hang every page with a badge."
        messages.append(Warning(text, hint='Add "SOCKET_TIMEOUT": 2 to its OPTIONS.', id=f"{TAG}.W004"))
    return messages


def factory_messages(factory: str) -> list[CheckMessage]:
    """Calls nothing: the client may ask a server when it is made."""
    if not factory:
        return []
    try:
        wrong = "" if callable(import_string(factory)) else f"{factory} cannot be called"
    except (ImportError, AttributeError) as error:
        wrong = str(error)
    text, hint = f"The cart store's client: {wrong}.", "Name a function that returns a redis-py client."
    return [Error(text, hint=hint, id=f"{TAG}.E002")] if wrong else []


def server_messages(client: Any) -> list[CheckMessage]:
    """Asks each server for its memory policy."""
    answer = client.info("memory")
    # A Cluster answers per node.
    infos = [answer] if "maxmemory_policy" in answer else list(answer.values())
    policies = {info.get("maxmemory_policy", "noeviction") for info in infos if info.get("maxmemory")}
    return [
        Warning(
            f"Redis may drop carts when its memory is full: its maxmemory-policy is {policy}.",
            hint="Keep carts in a server of their own with maxmemory-policy noeviction.",
            id=f"{TAG}.W006",
        )
        for policy in sorted(policies - {"noeviction"})
    ]


def _locations(cache: dict[str, Any]) -> list[str]:
    location = cache.get("LOCATION", "")
    return location.split(",") if isinstance(location, str) else list(location)


def _shared(what: str, location: str, caches: dict[str, dict[str, Any]]) -> Iterable[CheckMessage]:
    for name, cache in caches.items():
        if any(_place(location) and _place(location) == _place(other) for other in _locations(cache)):
            yield _flushed(what, name)


def _flushed(what: str, alias: str) -> CheckMessage:
    return Warning(
        f"The carts ({what}) share a Redis database with the cache {alias!r}: cache.clear() would empty every cart.",
        hint="Give the carts another database number, or better a server of their own.",
        id=f"{TAG}.W003",
    )


def _place(location: str) -> tuple[Any, ...] | None:
    """What makes two addresses the same database; None for what is no address of Redis."""
    try:
        parts = parse_url(location.strip())  # type: ignore[no-untyped-call]
    except ValueError:
        return None
    return parts.get("path"), parts.get("host"), parts.get("port", 6379), parts.get("db", 0)
