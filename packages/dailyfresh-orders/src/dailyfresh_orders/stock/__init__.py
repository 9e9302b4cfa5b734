"""Stock strategies: one shape, `base.Stock`; the setting STOCK names one."""

from functools import lru_cache

from ..conf import conf
from ..loading import Frozen, backend
from .base import Stock

__all__ = ["Stock", "stock"]


def stock() -> Stock:
    """The strategy that the site chose: one object with its prepared statements, for as long as the setting reads the same."""
    return _made(Frozen(conf.STOCK))


@lru_cache(maxsize=32)
def _made(setting: Frozen) -> Stock:
    made: Stock = backend(setting.setting, where="STOCK", base=Stock)
    return made
