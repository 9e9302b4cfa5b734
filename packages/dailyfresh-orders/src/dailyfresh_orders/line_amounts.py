"""What of a line is kept and what goes back, to the fen, and what was added to it; what it comes to, `dailyfresh_core.pricing.amounts` says."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from dailyfresh_core.pricing.amounts import NOTHING, half_up, in_fen, in_yuan
from dailyfresh_core.pricing.measures import WEIGHT, Priced
from dailyfresh_core.pricing.measures import amount as comes_to


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
    def fees(self) -> Decimal:
        """From 0 on."""
        ...

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


@dataclass(frozen=True)
class Fees:
    """Of a line's fees, how much comes back piece by piece, and how much never does; the rest comes back with the last piece."""

    shared: Decimal = NOTHING
    never: Decimal = NOTHING


LAST = Fees()


def kept(line: Agreed, left: int, fees: Fees = LAST) -> Decimal:
    """What the buyer pays for `left` of what was given: from 0 for nothing (or what never comes back) to what the line costs in the end.

    Returns are valued by this, and so are short picks and weights. The
    discount shrinks with the goods, rounded up, and a fee for each piece rounded down, so that the buyer never bears half a fen. It never
    rises while `left` falls, so refunds in any order sum to the same.
    """
    stays, shared = in_fen(fees.never), in_fen(fees.shared)
    if left <= 0:
        return in_yuan(stays)
    amount, settled = in_fen(line.amount), line.settled
    rest = half_up((amount if settled is None else in_fen(settled)) * left, whole_of(line))
    off = -(in_fen(line.discount) * rest // amount) if amount else 0  # `//` rounds what is negative away from 0
    by_piece = shared * min(left, line.quantity) // line.quantity
    return in_yuan(rest - off + by_piece + in_fen(line.fees) - shared)


def returned(line: Agreed, left: int, quantity: int, fees: Fees = LAST) -> Decimal:
    """What goes back when `quantity` of what is `left` of the line is returned."""
    return kept(line, left, fees) - kept(line, left - quantity, fees)


SETTLEMENT = "settlement"
"""Kind of what is less, or other, than was agreed, once it is packed."""
FREIGHT = "orders:freight"
"""Source of what sending costs before any offer."""
Named = tuple[str, Decimal]
"""What an adjustment is called, and what it comes to in yuan."""


class Added(Protocol):
    """What was added or taken off, or will be."""

    @property
    def kind(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...


def taken_off(added: Iterable[Added]) -> list[Named]:
    """Discounts and fees, each source once, however many lines it has a part in."""
    return _named(each for each in added if each.kind not in ("freight", SETTLEMENT))


def weighed(added: Iterable[Added]) -> Decimal:
    """What came off, and on for what was given in place of something, when it was packed."""
    return sum((each.amount for each in added if each.kind == SETTLEMENT), NOTHING)


def of_freight(added: Iterable[Added]) -> list[Named]:
    """What offers take off the freight."""
    return _named(each for each in added if each.kind == "freight" and each.source != FREIGHT)


def _named(added: Iterable[Added]) -> list[Named]:
    sums: dict[str, Named] = {}
    for each in added:
        label, amount = sums.get(each.source, (each.label, NOTHING))
        sums[each.source] = (label, amount + each.amount)
    return list(sums.values())


class Ordered(Agreed, Priced, Protocol):
    """A line with the measure it was agreed by."""

    @property
    def unit_price(self) -> Decimal: ...


def given_for(line: Ordered, given: int, *, grams: int | None = None) -> Decimal:
    """What was given comes to, gross, and never to more than was agreed for so much: `settled`, once it is packed.

    `given` is pieces, or grams of what is sold by weight; `grams` what pieces that are priced by weight weigh in fact.
    """
    by_weight = line.sold_by == WEIGHT
    agreed = line.amount if by_weight else in_yuan(half_up(in_fen(line.amount) * given, line.quantity))
    return min(comes_to(line.unit_price, given, line, grams=grams), agreed)
