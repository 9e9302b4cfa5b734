"""What the settings of this package name."""

from typing import TypeVar

from dailyfresh_core import loading

from .conf import conf

T = TypeVar("T")


def backend(key: str, base: type[T]) -> T:
    """The backend that setting `key` describes."""
    return loading.backend(getattr(conf, key), where=f'{conf.NAME}["{key}"]', base=base)
