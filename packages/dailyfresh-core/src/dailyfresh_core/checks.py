"""System checks: the core's own, and what every package's check of its settings has to say."""

import ipaddress
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, storages
from django.db import DEFAULT_DB_ALIAS, connections, router
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from .background.waking import celery_is_installed, tasks_run_inline
from .conf import NAME, SHARED, Conf, Shared, unknown_keys
from .pricing.money import THOUSANDTHS

READ_COMMITTED = 2
"""As psycopg counts the levels."""
MENDED = {(3, 11): (3, 11, 10), (3, 12): (3, 12, 6)}
"""Minor version of Python -> the first that reads escapes in cookies in linear time."""
WAYS = (None, "celery", "inline")
KINDS: dict[type, str] = {
    int: "a whole number",
    float: "a number",
    str: "text",
    bool: "True or False",
    type(None): "None",
}


@register(Tags.compatibility)
def check_installed(**_: Any) -> list[CheckMessage]:
    """Said once, however many packages of the suite are there: they import this module."""
    if apps.is_installed("dailyfresh_core"):
        return []
    hint = 'Add "dailyfresh_core" to INSTALLED_APPS: its templates, scripts and translations serve all packages.'
    return [Error("The packages of DailyFresh need their core.", hint=hint, id="dailyfresh_core.E001")]


@register(Tags.compatibility)
def check_shared(**_: Any) -> list[CheckMessage]:
    """The dict that all packages share."""
    given = getattr(settings, NAME, {})
    found = list(_unknown(NAME, unknown_keys(given, SHARED), "dailyfresh_core.W001"))
    hints = get_type_hints(Shared)
    for key in given.keys() & SHARED:
        found += _wrong(NAME, key, hints[key], given[key], least=0, id="dailyfresh_core.E002")
    return found


@register(Tags.compatibility)
def check_isolation(**_: Any) -> list[CheckMessage]:
    """PostgreSQL above READ COMMITTED: `retrying` helps itself, a request's own transaction cannot."""
    above = [
        alias
        for alias in connections
        if connections[alias].vendor == "postgresql"
        and connections[alias].settings_dict["OPTIONS"].get("isolation_level", READ_COMMITTED) > READ_COMMITTED
    ]
    hint = "Leave isolation_level out of its OPTIONS: what must not be read twice is locked."
    message = "Of requests that meet at one row of the database {!r} all but the first are refused."
    return [Warning(message.format(alias), hint=hint, id="dailyfresh_core.W002") for alias in above]


@register(Tags.security, deploy=True)
def check_python(**_: Any) -> list[CheckMessage]:
    """`errors.Request` helps its site; whatever else reads a cookie there does not ask it."""
    if sys.version_info[:3] >= MENDED.get(sys.version_info[:2], (3, 13)):
        return []
    said = ".".join(map(str, sys.version_info[:3]))
    hint = (
        "Run 3.11.10, 3.12.6, 3.13 or newer: a cookie of 8 kB takes half a second of a processor here (CVE-2024-7592)."
    )
    return [Warning(f"Python {said} has a known hole in http.cookies.", hint=hint, id="dailyfresh_core.W003")]


@register(Tags.models)
def check_database(**_: Any) -> list[CheckMessage]:
    """Transactions are opened on the default database: whatever a router puts elsewhere would be written outside of them."""
    packages = [config for config in apps.get_app_configs() if config.name.startswith("dailyfresh_")]
    places = {(config.label, router.db_for_write(model)) for config in packages for model in config.get_models()}
    hint = (
        "Let the router leave the packages, and what they sell, in 'default'; other apps of the site may be anywhere."
    )
    message = "The tables of {} are written to the database {!r}, outside of the transactions of the packages."
    apart = sorted(place for place in places if place[1] != DEFAULT_DB_ALIAS)
    return [Error(message.format(*place), hint=hint, id="dailyfresh_core.E003") for place in apart]


@register(Tags.caches)
def check_caches(**_: Any) -> list[CheckMessage]:
    """A cache without its client raises at every use: attempts are counted nowhere then, and only the log would say so."""
    found: list[CheckMessage] = []
    for alias, cache in settings.CACHES.items():
        try:
            import_string(cache.get("BACKEND", ""))
            if "redis" in cache["BACKEND"].lower():  # Django's own asks for the client when it is used first
                import_module("redis")
        except ImportError as error:
            hint = 'Install what it stands on (for Redis the extra "redis" of a package brings it), or name another BACKEND.'
            found.append(Error(f"The cache {alias!r} cannot be used: {error}.", hint=hint, id="dailyfresh_core.E004"))
    return found


def check_conf(conf: Conf, *, unknown: str, wrong: str, least: Mapping[str, int] | None = None) -> list[CheckMessage]:
    """A package's settings: keys that it does not know (a warning, id `unknown`), values that do not fit (an error, id `wrong`).

    Told by their annotations: numbers, texts, truths, one of a few (Literal), and the ways of TASKS and TRUSTED_PROXIES; the others have checks of
    their own. `least` gives the smallest number a key may have, where it is not 0. A shared value is judged with the shared dict.
    """
    given, hints = getattr(settings, conf.NAME, {}), get_type_hints(type(conf))
    found = list(_unknown(conf.NAME, conf.unknown(), unknown))
    for key in sorted(conf.KEYS & given.keys()):
        found += _wrong(conf.NAME, key, hints[key], given[key], least=(least or {}).get(key, 0), id=wrong)
    return found


def check_tasks(name: str, tasks: str | None, *, id: str) -> list[CheckMessage]:
    """A warning where drains would run inline in production."""
    if settings.DEBUG or tasks == "inline" or not tasks_run_inline(tasks):
        return []
    hint = 'Configure Celery with beat, or set TASKS to "inline" and run the drains by a timer.'
    return [Warning(f"{name}: drains run inline, in the process that wakes them.", hint=hint, id=id)]


def check_media(what: str, *, id: str) -> list[CheckMessage]:
    """A warning where uploaded files (`what`: "Pictures uploaded in the admin") have no folder or no address."""
    try:
        storage = storages["default"]
    except ImproperlyConfigured:  # Django names it where it is used
        return []
    if not isinstance(storage, FileSystemStorage):
        return []
    if storage.base_location and storage.base_url not in {None, "", "/"}:  # MEDIA_URL = "" becomes "/"
        return []
    hint = (
        'Set MEDIA_ROOT and MEDIA_URL, such as BASE_DIR / "media" and "/media/", '
        "and serve them: by static() while DEBUG is on, by the web server after."
    )
    return [Warning(f"{what} have no folder or no address of their own, and will not show.", hint=hint, id=id)]


def _unknown(name: str, keys: Mapping[str, str | None], id: str) -> Iterator[CheckMessage]:
    for key, nearest in keys.items():
        hint = f"Did you mean {nearest!r}?" if nearest else "It has no effect."
        yield Warning(f"{name} has no setting {key!r}.", hint=hint, id=id)


def _wrong(name: str, key: str, hint: Any, value: Any, *, least: int, id: str) -> Iterator[CheckMessage]:
    wanted = _wanted(key, hint, value, least)
    if wanted:
        yield Error(f"{name}[{key!r}] is {value!r}.", hint=f"It must be {wanted}.", id=id)


def _wanted(key: str, hint: Any, value: Any, least: int) -> str:
    """What the setting must be, in words, when it is not; empty when it fits or is nothing that can be told from here."""
    if key == "TASKS":
        if value == "celery" and not celery_is_installed():
            return '"inline" or None as long as Celery is not installed: it is the extra "celery" of the package'
        return "" if value in WAYS else '"celery", "inline", or None: inline unless there is a Celery app'
    if key == "TRUSTED_PROXIES":
        return "" if _are_networks(value) else 'a list of networks, as "10.0.0.0/8", or "unix" for a socket'
    if key == "CURRENCY":
        return "" if _is_currency(value) else 'the ISO 4217 code of a currency with at most two places, as "EUR"'
    if get_origin(hint) is Literal:
        return "" if value in get_args(hint) else f"one of {', '.join(map(repr, get_args(hint)))}"
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if not set(kinds) <= KINDS.keys():
        return ""
    if any(_fits(kind, value, least) for kind in kinds):
        return ""
    words = [f"{KINDS[kind]} from {least} on" if kind in (int, float) else KINDS[kind] for kind in kinds]
    return " or ".join(words)


def _fits(kind: Any, value: Any, least: int) -> bool:
    if kind in (int, float):
        return type(value) in (int, kind) and value >= least
    if kind is str and isinstance(value, Promise):  # words that are said in the language of the moment
        return True
    return type(value) is kind if kind is bool else isinstance(value, kind)


def _is_currency(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Z]{3}", value) is not None and value not in THOUSANDTHS


def _are_networks(value: Any) -> bool:
    if isinstance(value, str):
        return False
    try:
        for network in value:
            if network != "unix":
                ipaddress.ip_network(network, strict=False)
    except (TypeError, ValueError):
        return False
    return True
