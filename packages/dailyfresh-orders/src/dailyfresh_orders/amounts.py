"""What a line comes to, what of it is kept and what goes back, to the fen: nowhere else are prices multiplied or amounts parted.

Amounts come and go as Decimals of two places and are whole fen in between: no float, no rounding but the one that is written here.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

NOTHING = Decimal("0.00")


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


def gross(price: Decimal, quantity: int, *, per: int = 1) -> Decimal:
    """What so much costs at a price for `per` (1 piece, 500 grams): rounded once for the line, never for a gram or a piece."""
    return _yuan(_half_up(_fen(price) * quantity, per))


def allocate(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Part an amount among lines by what each comes to, so that the parts sum to it and none exceeds its line.

    The fen that rounding down leaves go one by one to the largest fractions, then to the larger line, then to the earlier one. Raises
    ValueError for more than all lines together. Nothing of the package takes anything off yet: this is for what will.
    """
    whole, parts = _fen(amount), [_fen(weight) for weight in weights]
    total = sum(parts)
    if not 0 <= whole <= total:
        raise ValueError(f"{amount} cannot be parted among lines of {_yuan(total)}")
    shares = [whole * part // total if total else 0 for part in parts]
    fractions = [whole * part % total if total else 0 for part in parts]
    ranked = sorted(range(len(parts)), key=lambda n: (-fractions[n], -parts[n], n))
    for n in ranked[: whole - sum(shares)]:
        shares[n] += 1
    return [_yuan(share) for share in shares]


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
    amount, settled = _fen(line.amount), line.settled
    rest = _half_up((amount if settled is None else _fen(settled)) * left, whole_of(line))
    off = -(_fen(line.discount) * rest // amount) if amount else 0  # `//` rounds what is negative away from 0
    return _yuan(rest - off + _fen(line.fees))


def returned(line: Agreed, left: int, quantity: int) -> Decimal:
    """What goes back when `quantity` of what is `left` of the line is returned."""
    return kept(line, left) - kept(line, left - quantity)


def _fen(amount: Decimal) -> int:
    fen = amount.scaleb(2)
    if fen != (whole := int(fen)):
        raise ValueError(f"{amount} has parts of a fen")
    return whole


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def _half_up(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)
