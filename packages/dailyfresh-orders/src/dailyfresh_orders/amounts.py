"""What of a line is kept and what goes back, to the fen; what it comes to, `dailyfresh_core.amounts` says."""

from decimal import Decimal
from typing import Protocol

from dailyfresh_core.amounts import NOTHING, half_up, in_fen, in_yuan


class Agreed(Protocol):
    """A line of an order: what was agreed, and what was given for it."""

    @property
    def quantity(self) -> int: ...
    @property
    def amount(self) -> Decimal:
        """Gross: before anything is taken off or added."""
        ...

    @property
    def discount(self) -> Decimal:
        """0 or less."""
        ...

    @property
    def fees(self) -> Decimal: ...
    @property
    def given(self) -> int | None:
        """How much of `quantity` was really given; None while that is all of it."""
        ...

    @property
    def settled(self) -> Decimal | None:
        """What was given, gross: at most `amount`; None while that is all of it."""
        ...


def whole_of(line: Agreed) -> int:
    """How much of a line the buyer has, or will have, before anything is returned."""
    return line.quantity if line.given is None else line.given


def kept(line: Agreed, left: int) -> Decimal:
    """What the buyer pays for `left` of what was given: from 0 for nothing to what the line costs in the end for all of it.

    Returns are valued by this, and so will short picks and weights be: nothing of the package writes `given` and `settled` yet. The
    discount shrinks with the goods, rounded up, so that the buyer never bears half a fen; a fee stays until the last piece is gone. It
    never rises while `left` falls, so refunds in any order sum to the same.
    """
    if left <= 0:
        return NOTHING
    amount, settled = in_fen(line.amount), line.settled
    rest = half_up((amount if settled is None else in_fen(settled)) * left, whole_of(line))
    off = -(in_fen(line.discount) * rest // amount) if amount else 0  # `//` rounds what is negative away from 0
    return in_yuan(rest - off + in_fen(line.fees))


def returned(line: Agreed, left: int, quantity: int) -> Decimal:
    """What goes back when `quantity` of what is `left` of the line is returned."""
    return kept(line, left) - kept(line, left - quantity)
