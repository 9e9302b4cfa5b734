"""What a basket is to the engine: its lines, which of them a rule means, and when it means them."""

from dataclasses import dataclass
from datetime import datetime

from dailyfresh_core.pricing.amounts import half_up

EVERY_DAY = 0b1111111


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a basket; amounts are whole coins, the smallest that is paid with."""

    sku_id: str
    price: int
    quantity: int
    amount: int
    groups: tuple[str, ...] = ()
    measured: bool = False
    """Priced by weight: `quantity` may be grams, so that nothing counts its pieces."""
    grams: int = 0
    per: int = 0
    """Grams that `price` is for; 0 where nobody knows."""

    @property
    def pieces(self) -> int:
        return 0 if self.measured else self.quantity

    def at(self, price: int) -> int:
        """What the whole line would come to at another price."""
        if not self.measured:
            return price * self.quantity
        if self.per:
            return half_up(price * self.grams, self.per)
        return half_up(self.amount * price, self.price) if self.price else self.amount


@dataclass(frozen=True, slots=True)
class Scope:
    """Which goods a rule means: all, or those of some SKUs and groups; in either case without the excepted ones."""

    everything: bool = True
    skus: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    but_skus: frozenset[str] = frozenset()
    but_groups: frozenset[str] = frozenset()

    def holds(self, line: Line) -> bool:
        if line.sku_id in self.but_skus or not self.but_groups.isdisjoint(line.groups):
            return False
        return self.everything or line.sku_id in self.skus or not self.groups.isdisjoint(line.groups)


ALL = Scope()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a rule is good: from `starts` until just before `ends`, on some weekdays, in some minutes of the day."""

    starts: datetime | None = None
    ends: datetime | None = None
    weekdays: int = EVERY_DAY
    """A bit for each, Monday the lowest."""
    minutes: tuple[int, int] | None = None
    """(first, the one after the last); the second may be the smaller one: over midnight."""

    @property
    def by_the_day(self) -> bool:
        """Whether it comes and goes on days or in hours."""
        return self.weekdays != EVERY_DAY or self.minutes is not None

    def holds(self, at: datetime, local: datetime) -> bool:
        """`local` is the same moment on the clock of the shop."""
        if (self.starts and at < self.starts) or (self.ends and at >= self.ends):
            return False
        if not self.weekdays >> local.weekday() & 1:
            return False
        if self.minutes is None:
            return True
        first, after = self.minutes
        minute = local.hour * 60 + local.minute
        return first <= minute < after if first <= after else minute >= first or minute < after


ALWAYS = Schedule()
