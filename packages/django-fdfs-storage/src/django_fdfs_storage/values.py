"""What each option of a storage may be: the checks fdfs.E003 to E006 and E008."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from .client import Engine
from .client.connection import Address
from .conf import NAME, Options
from .names import GROUP
from .references import column

Rule = tuple[Callable[[Any], bool], str]


def value_messages(alias: str, options: Options) -> Iterator[CheckMessage]:
    """What is wrong with the options of the storage with this alias of STORAGES."""
    yield from _addresses(alias, options)
    for name, (is_right, hint) in RULES.items():
        value = getattr(options, name, None)
        if hasattr(options, name) and not is_right(value):
            yield Error(f"{name} is {value!r}.", hint=hint, obj=alias, id="fdfs.E005")
    yield from _paths(alias, options)
    for label in options.references:
        try:
            column(label)
        except ImproperlyConfigured as error:
            yield Error(str(error), hint='Write "app.Model.field".', id="fdfs.E008")


def _addresses(alias: str, options: Options) -> Iterator[CheckMessage]:
    if not options.trackers:
        hint = f'Set {NAME} = {{"TRACKERS": ["host:22122"]}}, or FDFS_CLIENT_CONF.'
        yield Error("The FastDFS storage knows no tracker.", hint=hint, obj=alias, id="fdfs.E003")
    for address in [*options.trackers, *options.address_map.values()]:
        try:
            Address.parse(address, default_port=1)
        except ValueError as error:
            yield Error(str(error), hint="Write host:port or [ipv6]:port.", obj=alias, id="fdfs.E004")


def _paths(alias: str, options: Options) -> Iterator[CheckMessage]:
    for name in ("engine", "metrics", "policy"):
        path = getattr(options, name)
        try:
            found = import_string(path) if path else None
        except ImportError as error:
            yield Error(f"{name}: {error}", hint="Write its dotted path.", obj=alias, id="fdfs.E006")
            continue
        if name == "engine" and not (isinstance(found, type) and issubclass(found, Engine)):
            hint = "Subclass django_fdfs_storage.client.Engine."
            yield Error(f"{path} is no engine.", hint=hint, obj=alias, id="fdfs.E006")
        elif path and not callable(found):
            yield Error(f"{name}: {path} cannot be called.", hint="Name a function.", obj=alias, id="fdfs.E006")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(pattern: str) -> Callable[[Any], bool]:
    return lambda value: value is None or (isinstance(value, str) and re.fullmatch(pattern, value) is not None)


def _is_folder(value: Any) -> bool:
    if not isinstance(value, str) or "\0" in value or "\\" in value:
        return False
    folder = value.strip("/")
    return not folder or (posixpath.normpath(folder) == folder and folder.split("/")[0] != "..")


def _is_base_url(value: Any) -> bool:
    if isinstance(value, Mapping):
        return "*" in value and all(isinstance(each, str) for each in value.values())
    return value is None or isinstance(value, str)


_TRUTH: Rule = (lambda value: isinstance(value, bool), "It is True or False.")
_ABOVE: Rule = (lambda value: _is_number(value) and value > 0, "It is a number above 0.")
RULES: dict[str, Rule] = {
    "base_url": (_is_base_url, 'It is a URL, or a dict from groups to URLs with "*" for every other and for names.'),
    "group": (_is_text(GROUP), "It is the name of a group, of at most 16 letters or digits."),
    "connect_timeout": _ABOVE,
    "network_timeout": _ABOVE,
    "max_connections": (lambda value: _is_number(value) and value == int(value) > 0, "It is a whole number above 0."),
    "replicas": _TRUTH,
    "token_secret": (_is_text(".+"), "It is the key of the web server, or None."),
    "token_ttl": _ABOVE,
    "private": _TRUTH,
    "accel_redirect": (_is_text("/.*"), "It is the path of an internal location of nginx, and begins with a slash."),
    "delete_orphans": _TRUTH,
    "location": (_is_folder, 'It is a folder such as "bills" or "shop/bills".'),
    "url_by_name": _TRUTH,
    "allow_overwrite": _TRUTH,
    "deduplicate": _TRUTH,
    "lookup_seconds": (lambda value: _is_number(value) and value >= 0, "It is a number of seconds, 0 or more."),
}
