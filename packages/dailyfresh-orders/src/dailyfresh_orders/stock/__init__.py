"""Stock strategies: one shape, `base.Stock`; the setting STOCK names one."""

from ..conf import conf
from ..loading import backend
from .base import Stock

__all__ = ["Stock", "stock"]


def stock() -> Stock:
    """The strategy that the site chose."""
    made: Stock = backend(conf.STOCK, where="STOCK", base=Stock)
    return made
