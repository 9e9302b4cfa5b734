"""What can go wrong with an order, one exception for each outcome a page tells apart."""

from dataclasses import dataclass


class OrderError(Exception):
    """Base of the package's own exceptions."""


class IllegalTransition(OrderError):
    """The order's state does not allow this step."""

    def __init__(self, order: object, state: str, wanted: str) -> None:
        super().__init__(f"Order {order} is {state}: it cannot become {wanted}.")
        self.state = state
        self.wanted = wanted


@dataclass(frozen=True)
class Shortage:
    """A line that cannot be had in this quantity."""

    sku_id: str
    wanted: int
    left: int


class Overtaken(OrderError):
    """Another order of the same buyer was written since their limits were looked at: roll back and look again."""


class StockShort(OrderError):
    """The stock statement did not match every line: roll back, then read what is left."""


class StockMoved(OrderError):
    """The stock changed between reading and writing: roll back and try again."""


class OutOfStock(OrderError):
    """Some lines cannot be had; nothing was taken."""

    def __init__(self, shortages: list[Shortage]) -> None:
        super().__init__(", ".join(f"{s.sku_id}: {s.wanted} wanted, {s.left} left" for s in shortages))
        self.shortages = shortages


class QuoteInvalid(OrderError):
    """The quote was not made by us for this buyer, or is too old."""


class QuoteChanged(OrderError):
    """What the buyer saw is no longer true; `changes` says what, in the buyer's language."""

    def __init__(self, changes: list[str]) -> None:
        super().__init__("; ".join(changes))
        self.changes = changes


class AddressMissing(OrderError):
    """The buyer has no such address."""


class TooMuchOpen(OrderError):
    """The buyer, or all who have not paid yet, hold as much as one may; the message says so in the buyer's language."""


class BasketAway(OrderError):
    """The basket cannot be read at the moment."""


class AlreadyReviewed(OrderError):
    """The line has its review."""


class PicturesAway(OrderError):
    """Pictures cannot be stored at the moment; nothing was written."""


class NotPayable(OrderError):
    """The order is not waiting for a payment that this gateway could take."""


class UnknownTrade(OrderError):
    """A gateway speaks of a number that is not (or not yet) in our books."""


class NotMovable(OrderError):
    """The order cannot come at that time; the message says why, in the language of the page."""


class RefundImpossible(OrderError):
    """The refund was not made; the message says why, in the language of the page."""


class NotGivable(OrderError):
    """What was packed cannot be what the buyer gets; the message says why, in the language of the page."""
