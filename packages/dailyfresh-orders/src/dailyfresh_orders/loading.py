"""Makes what the settings name: `"dotted.Class"`, or `{"BACKEND": "dotted.Class", "OPTIONS": {...}}`."""

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from .conf import NAME


def imported(dotted: object, *, where: str) -> Any:
    """The object at a dotted path; ImproperlyConfigured names the setting (`where`) that is wrong."""
    try:
        return import_string(dotted)  # type: ignore[arg-type]
    except (ImportError, AttributeError, TypeError) as error:
        raise ImproperlyConfigured(f"{NAME}[{where}]: cannot import {dotted!r}: {error}") from error


def backend(setting: object, *, where: str, base: type) -> Any:
    """A backend from its setting; `where` is its place in the settings, `base` what it must inherit.

    OPTIONS are keyword-only arguments of its constructor: one it does not have is an ImproperlyConfigured
    that names the dict and the key.
    """
    if not isinstance(setting, Mapping) or not {"BACKEND"} <= set(setting) <= {"BACKEND", "OPTIONS"}:
        raise ImproperlyConfigured(f'{NAME}[{where}] must be {{"BACKEND": "dotted.Class", "OPTIONS": {{...}}}}.')
    found = imported(setting["BACKEND"], where=f"{where}][BACKEND")
    if not (isinstance(found, type) and issubclass(found, base)):
        raise ImproperlyConfigured(f"{NAME}[{where}][BACKEND]: {setting['BACKEND']} is no {base.__name__}.")
    options = dict(setting.get("OPTIONS") or {})
    known, needed = _options(setting["BACKEND"])
    for key in options:
        if key not in known:
            raise ImproperlyConfigured(f"{NAME}[{where}][OPTIONS]: unknown option {key!r} (known: {', '.join(known)}).")
    missing = [name for name in needed if name not in options]
    if missing:
        raise ImproperlyConfigured(f"{NAME}[{where}][OPTIONS]: {', '.join(missing)} is missing.")
    return found(**options)


@cache
def _options(dotted: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The options that a backend knows, and those of them that it cannot do without."""
    parameters = inspect.signature(import_string(dotted)).parameters
    needed = (p.name for p in parameters.values() if p.kind is p.KEYWORD_ONLY and p.default is p.empty)
    return tuple(parameters), tuple(needed)


class Frozen:
    """A setting as a cache key: equal when it reads the same. Its text holds keys, so it has no repr."""

    def __init__(self, setting: object) -> None:
        self.setting = setting
        self.text = repr(setting)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frozen) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return "<setting>"
