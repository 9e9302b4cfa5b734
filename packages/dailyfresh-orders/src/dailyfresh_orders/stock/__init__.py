"""Stock strategies: one shape, `base.Stock`; the setting STOCK names one."""

from copy import deepcopy
from typing import Any

from ..conf import conf
from ..loading import backend
from .base import Stock

__all__ = ["Stock", "stock"]


_made: list[tuple[Any, Stock]] = []


def stock() -> Stock:
    """The strategy that the site chose: one object, with its prepared statements, for as long as the setting stays the same."""
    if not _made or _made[0][0] != conf.STOCK:
        _made[:] = [(deepcopy(conf.STOCK), backend(conf.STOCK, where="STOCK", base=Stock))]
    return _made[0][1]
