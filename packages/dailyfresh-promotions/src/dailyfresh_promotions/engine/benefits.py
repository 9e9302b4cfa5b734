"""What a rule or a coupon gives, a class for each kind: what it takes off what it sees, and what a little more would bring.

`stage` is where in the calculation it stands: 1 prices, 2 bundles, 3 thresholds, 5 freight. A coupon, stage 4, gives what a threshold gives.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from dailyfresh_core.pricing.amounts import half_up

WHOLE = 10_000
"""A rate of 1, in basis points of what is paid: 8.8折 is 8800."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is missing until a benefit gives more: so many coins, or pieces, and then it takes off so much, or has one pay a rate."""

    missing: int
    pieces: bool = False
    off: int | None = None
    rate: int | None = None
    had: int = field(default=0, compare=False)
    """How much of it there is already."""

    @property
    def reached(self) -> int:
        """How many per cent of the way there is."""
        return 100 * self.had // (self.had + self.missing)

    @property
    def rank(self) -> tuple[bool, int]:
        """The nearest first; pieces are beside money not to be compared, and come after it."""
        return self.pieces, self.missing


class Benefit:
    """What takes something off the goods it sees: `amounts` of their lines, in coins, and `pieces`, as many numbers."""

    stage: ClassVar[int] = 3
    counts_pieces: bool = False
    """Then lines that are priced by weight are not seen."""

    def off(self, amounts: Sequence[int], pieces: Sequence[int]) -> int:
        raise NotImplementedError

    def weights(self, amounts: Sequence[int], pieces: Sequence[int]) -> Sequence[int]:
        """What the discount is parted by."""
        return amounts

    def step(self, amounts: Sequence[int], pieces: Sequence[int]) -> Step | None:
        return None

    def had(self, amounts: Sequence[int], pieces: Sequence[int]) -> int:
        """What its threshold is measured on."""
        return sum(pieces if self.counts_pieces else amounts)


@dataclass(frozen=True, slots=True)
class Prices(Benefit):
    """Other prices: of some SKUs, or a rate of the catalogue's for all."""

    stage: ClassVar[int] = 1
    prices: Mapping[str, int] = field(default_factory=dict)
    rate: int | None = None

    def price_of(self, sku_id: str, price: int) -> int:
        return self.prices.get(sku_id, price) if self.rate is None else half_up(price * self.rate, WHOLE)


@dataclass(frozen=True, slots=True)
class Flash(Benefit):
    """Prices for so many pieces: sku_id -> (the price, what the pieces are counted by)."""

    stage: ClassVar[int] = 1
    counts_pieces: bool = field(default=True, init=False)
    items: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tiered(Benefit):
    """From so much on, so much; of several (reach, what is given), which rise, only the highest that is reached counts."""

    tiers: tuple[tuple[int, int], ...] = ()

    def reached(self, amounts: Sequence[int], pieces: Sequence[int]) -> int | None:
        had = self.had(amounts, pieces)
        return next((given for reach, given in reversed(self.tiers) if reach <= had), None)

    def beyond(self, amounts: Sequence[int], pieces: Sequence[int]) -> Iterator[tuple[int, int]]:
        """(what is missing, what is given) of each that is not reached."""
        had = self.had(amounts, pieces)
        return ((reach - had, given) for reach, given in self.tiers if reach > had)


@dataclass(frozen=True, slots=True)
class Off(Tiered):
    """So much less."""

    counts_pieces: bool = False

    def off(self, amounts: Sequence[int], pieces: Sequence[int]) -> int:
        return min(self.reached(amounts, pieces) or 0, sum(amounts))

    def step(self, amounts: Sequence[int], pieces: Sequence[int]) -> Step | None:
        now = self.reached(amounts, pieces) or 0
        more = (
            Step(missing, self.counts_pieces, off=off) for missing, off in self.beyond(amounts, pieces) if off > now
        )
        return next(more, None)


@dataclass(frozen=True, slots=True)
class Percent(Tiered):
    """Only a rate is paid. At most `cap` is taken off."""

    cap: int | None = None
    counts_pieces: bool = False

    def off(self, amounts: Sequence[int], pieces: Sequence[int]) -> int:
        total, rate = sum(amounts), self.reached(amounts, pieces)
        off = 0 if rate is None else total - half_up(total * rate, WHOLE)
        return off if self.cap is None else min(off, self.cap)

    def step(self, amounts: Sequence[int], pieces: Sequence[int]) -> Step | None:
        now = self.reached(amounts, pieces)
        lower = ((missing, rate) for missing, rate in self.beyond(amounts, pieces) if now is None or rate < now)
        return next((Step(missing, self.counts_pieces, rate=rate) for missing, rate in lower), None)


@dataclass(frozen=True, slots=True)
class Each(Benefit):
    """For every so much, so much less; at most `cap`."""

    reach: int = 1
    each: int = 0
    cap: int | None = None
    counts_pieces: bool = False

    def off(self, amounts: Sequence[int], pieces: Sequence[int]) -> int:
        return min(self._for(self.had(amounts, pieces) // self.reach), sum(amounts))

    def step(self, amounts: Sequence[int], pieces: Sequence[int]) -> Step | None:
        times, over = divmod(self.had(amounts, pieces), self.reach)
        more = self._for(times + 1)
        return Step(self.reach - over, self.counts_pieces, off=more) if more > self._for(times) else None

    def _for(self, times: int) -> int:
        return times * self.each if self.cap is None else min(times * self.each, self.cap)


@dataclass(frozen=True, slots=True)
class Sets(Benefit):
    """Of every so many pieces."""

    stage: ClassVar[int] = 2
    every: int = 3
    counts_pieces: bool = field(default=True, init=False)

    def step(self, amounts: Sequence[int], pieces: Sequence[int]) -> Step | None:
        over = sum(pieces) % self.every
        return Step(self.every - over, True) if over else None


@dataclass(frozen=True, slots=True)
class Cheapest(Sets):
    """The cheapest few pay a rate: nothing in "buy two, get one", half in "the second at half the price"."""

    few: int = 1
    rate: int = 0

    def off(self, amounts: Sequence[int], pieces: Sequence[int]) -> int:
        wanted = sum(pieces) // self.every * self.few
        base = 0
        for value, count, _line in sorted(_runs(amounts, pieces)):
            some = min(count, wanted)
            base, wanted = base + value * some, wanted - some
            if not wanted:
                break
        return base - half_up(base * self.rate, WHOLE)


@dataclass(frozen=True, slots=True)
class Bundle(Sets):
    """They are had for a price: the dearest fill the sets, as long as that is worth it. Lines without a piece in one get no part."""

    price: int = 0

    def off(self, amounts: Sequence[int], pieces: Sequence[int]) -> int:
        return sum(gain for gain, _lines in self._sets(amounts, pieces))

    def weights(self, amounts: Sequence[int], pieces: Sequence[int]) -> Sequence[int]:
        inside = {line for _gain, lines in self._sets(amounts, pieces) for line in lines}
        return [amount if line in inside else 0 for line, amount in enumerate(amounts)]

    def _sets(self, amounts: Sequence[int], pieces: Sequence[int]) -> Iterator[tuple[int, set[int]]]:
        """(what is gained, the lines) of sets, the dearest first; many sets of one line at one price are one answer."""
        value, some, lines = 0, 0, set[int]()
        for worth, count, line in sorted(_runs(amounts, pieces), key=lambda run: (-run[0], run[2])):
            while count:
                whole = count // self.every if not some else 0
                used = whole * self.every or min(count, self.every - some)
                value, some, count = value + worth * used, some + used, count - used
                lines.add(line)
                if some % self.every:
                    continue
                if (gain := value - self.price * max(whole, 1)) <= 0:
                    return
                yield gain, lines
                value, some, lines = 0, 0, set()


@dataclass(frozen=True, slots=True)
class FreeFreight:
    """From so much on nothing is paid for sending, or so much less."""

    stage: ClassVar[int] = 5
    reach: int = 0
    cap: int | None = None

    def off_freight(self, cost: int, total: int) -> int:
        if total < self.reach:
            return 0
        return cost if self.cap is None else min(cost, self.cap)

    def step(self, total: int) -> Step | None:
        return Step(self.reach - total, off=self.cap) if total < self.reach else None


def _runs(amounts: Sequence[int], pieces: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """(what a piece is worth, of how many pieces, of which line): a line's amount parted among its pieces to the coin."""
    for line, (amount, count) in enumerate(zip(amounts, pieces, strict=True)):
        if count:
            low, more = divmod(amount, count)
            if more:
                yield low + 1, more, line
            yield low, count - more, line
