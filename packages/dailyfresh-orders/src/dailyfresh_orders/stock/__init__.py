"""Stock strategies: one shape, `base.Stock`; the setting STOCK names one."""

from dailyfresh_core.loading import backend

from ..conf import NAME, conf
from .base import Stock

__all__ = ["Stock", "stock"]


def stock() -> Stock:
    """The strategy that the site chose; ImproperlyConfigured where it counts nothing (STOCK is None)."""
    return backend(conf.STOCK, where=f'{NAME}["STOCK"]', base=Stock)  # type: ignore[type-abstract]
