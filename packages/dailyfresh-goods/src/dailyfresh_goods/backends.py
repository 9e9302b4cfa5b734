"""The one shape of a backend setting: `{"BACKEND": "dotted.Class", "OPTIONS": {...}}`."""

from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from .conf import NAME, conf

T = TypeVar("T")


def load(key: str) -> Any:
    """What the dotted path in setting `key` names."""
    try:
        return import_string(getattr(conf, key))
    except ImportError as error:
        raise ImproperlyConfigured(f"{NAME}[{key!r}]: {error}") from error


def backend(key: str, base: type[T]) -> T:
    """The backend that setting `key` describes, built with its OPTIONS as keyword arguments."""
    given = getattr(conf, key)
    if not isinstance(given, dict) or "BACKEND" not in given or given.keys() - {"BACKEND", "OPTIONS"}:
        raise ImproperlyConfigured(f'{NAME}[{key!r}] must be {{"BACKEND": "dotted.Class", "OPTIONS": {{...}}}}')
    try:
        cls = import_string(given["BACKEND"])
    except ImportError as error:
        raise ImproperlyConfigured(f"{NAME}[{key!r}]['BACKEND']: {error}") from error
    if not (isinstance(cls, type) and issubclass(cls, base)):
        raise ImproperlyConfigured(f"{NAME}[{key!r}]['BACKEND']: {given['BACKEND']} is no {base.__name__}")
    try:
        return cls(**given.get("OPTIONS", {}))
    except TypeError as error:
        raise ImproperlyConfigured(f"{NAME}[{key!r}]['OPTIONS']: {error}") from error
