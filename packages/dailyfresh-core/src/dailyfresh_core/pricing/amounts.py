"""Arithmetic of money, to the fen: what so much costs at a price, and how an amount is parted among lines.

Amounts come and go as Decimals of two places and are whole fen in between: no float, no rounding but the one that is written here.
"""

from collections.abc import Sequence
from decimal import Decimal

NOTHING = Decimal("0.00")


def gross(price: Decimal, quantity: int, *, per: int = 1, coin: int = 1) -> Decimal:
    """What so much costs at a price for `per` (1 piece, 500 grams): rounded once for the line, never for a gram or a piece.

    `coin` is the smallest that is paid with, in fen: 100 in a currency without a minor unit.
    """
    return in_yuan(coin * half_up(in_fen(price) * quantity, per * coin))


def allocate(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Part an amount among lines by what each comes to: `parted`, in yuan."""
    return [in_yuan(share) for share in parted(in_fen(amount), [in_fen(weight) for weight in weights])]


def parted(fen: int, weights: Sequence[int]) -> list[int]:
    """Part so many fen among lines by what each comes to, so that the parts sum to it and none exceeds its line.

    The fen that rounding down leaves go one by one to the largest fractions, then to the larger line, then to the earlier one. Raises
    ValueError for more than all lines together.
    """
    total = sum(weights)
    if not 0 <= fen <= total:
        raise ValueError(f"{in_yuan(fen)} cannot be parted among lines of {in_yuan(total)}")
    shares = [fen * weight // total if total else 0 for weight in weights]
    if left := fen - sum(shares):
        fractions = [fen * weight % total for weight in weights]
        for n in sorted(range(len(weights)), key=lambda n: (-fractions[n], -weights[n], n))[:left]:
            shares[n] += 1
    return shares


def in_fen(amount: Decimal) -> int:
    """Raises ValueError for parts of a fen."""
    fen = amount.scaleb(2)
    if fen != (whole := int(fen)):
        raise ValueError(f"{amount} has parts of a fen")
    return whole


def in_yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def half_up(dividend: int, divisor: int) -> int:
    """A quotient of whole numbers, rounded to a whole one; half goes up."""
    return (2 * dividend + divisor) // (2 * divisor)
