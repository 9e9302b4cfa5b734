"""The orders that the site joined, by the dotted path in its settings; what they give is judged by `protocols`."""

from dailyfresh_core.joins import Join

from .conf import conf
from .protocols import Orders

ORDERS = Join(conf, "ORDERS", Orders, "orders")


def orders() -> Orders | None:
    """None where the site joined none: its staff read references."""
    made: Orders | None = None if conf.ORDERS is None else ORDERS.made()
    return made
