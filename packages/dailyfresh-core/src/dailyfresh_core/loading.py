"""Makes what a setting names: `"dotted.Class"`, or `{"BACKEND": "dotted.Class", "OPTIONS": {...}}`."""

import inspect
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache, lru_cache
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

T = TypeVar("T")
CLASS = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\.[A-Z]\w*")
"""A dotted path to a class; no host, no address and no label."""


def imported(dotted: object, *, where: str) -> Any:
    """The object at a dotted path; ImproperlyConfigured names the setting that is wrong: `where`, as 'DAILYFRESH_CART["STORE"]'."""
    try:
        return import_string(dotted)  # type: ignore[arg-type]
    except (ImportError, AttributeError, TypeError) as error:
        raise ImproperlyConfigured(f"{where}: cannot import {dotted!r}: {error}") from error


def import_early(setting: object) -> None:
    """Imports every class that a setting names, however deep, and with them the client libraries, while there is one thread.

    Two threads that import one of these at their first requests wait for each other, and are told of a deadlock: a 500.
    What cannot be imported is left to the check that names the setting.
    """
    if isinstance(setting, Mapping):
        for value in setting.values():
            import_early(value)
    elif isinstance(setting, str) and CLASS.fullmatch(setting):
        with suppress(ImportError, ImproperlyConfigured):
            import_string(setting)


def backend(setting: object, *, where: str, base: type[T]) -> T:
    """The backend that a setting describes: one object per process, shared by all threads, for as long as the setting reads the same.

    It inherits `base`. OPTIONS are keyword-only arguments of its constructor: one that it does not have, lacks or cannot take is
    an ImproperlyConfigured that names the setting (`where`, as 'DAILYFRESH_CART["STORE"]') and the key.
    """
    made: T = _made(Setting(setting), where, base)  # type: ignore[arg-type]
    return made


@lru_cache(maxsize=128)
def _made(setting: "Setting", where: str, base: type) -> Any:
    return build(setting.value, where=where, base=base)


def build(setting: object, *, where: str, base: type[T]) -> T:
    """As `backend`, and made anew."""
    if not isinstance(setting, Mapping) or not {"BACKEND"} <= set(setting) <= {"BACKEND", "OPTIONS"}:
        raise ImproperlyConfigured(f'{where} must be {{"BACKEND": "dotted.Class", "OPTIONS": {{...}}}}.')
    found = imported(setting["BACKEND"], where=f'{where}["BACKEND"]')
    if not (isinstance(found, type) and issubclass(found, base)):
        raise ImproperlyConfigured(f'{where}["BACKEND"]: {setting["BACKEND"]} is no {base.__name__}.')
    options = setting.get("OPTIONS") or {}
    if not isinstance(options, Mapping):
        raise ImproperlyConfigured(f'{where}["OPTIONS"] must be a dict, not {type(options).__name__}.')
    known, needed = _options(found)  # type: ignore[arg-type]
    for key in options:
        if key not in known:
            raise ImproperlyConfigured(f'{where}["OPTIONS"]: unknown option {key!r} (known: {", ".join(known)}).')
    if missing := [name for name in needed if name not in options]:
        raise ImproperlyConfigured(f'{where}["OPTIONS"]: {", ".join(missing)} is missing.')
    try:
        return found(**options)
    except (AttributeError, TypeError, ValueError) as error:
        raise ImproperlyConfigured(f'{where}["OPTIONS"] do not fit {setting["BACKEND"]}: {error}') from error


@cache
def _options(found: type) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The options that a backend knows, and those of them that it cannot do without; `**options` are those of the class it inherits from."""
    named: dict[str, inspect.Parameter] = {}
    for each in found.__mro__:
        if "__init__" not in vars(each):
            continue
        _self, *parameters = inspect.signature(vars(each)["__init__"]).parameters.values()
        for parameter in parameters:
            if parameter.kind in (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD):
                named.setdefault(parameter.name, parameter)
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            break
    return tuple(named), tuple(name for name, parameter in named.items() if parameter.default is parameter.empty)


class Setting:
    """A setting as a cache key: equal when it reads the same. Its text may hold secrets, so it has no repr."""

    def __init__(self, value: object) -> None:
        self.value = value
        self._text = repr(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Setting) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "<setting>"
