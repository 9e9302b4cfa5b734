"""A rule and a coupon as the engine takes them, and what comes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .benefits import Benefit, FreeFreight
from .lines import ALL, ALWAYS, Schedule, Scope


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One offer of the merchant. Among rules of one stage the higher priority comes first."""

    id: int
    benefit: Benefit | FreeFreight
    scope: Scope = ALL
    priority: int = 0
    stackable: bool = False
    """Takes no line for itself: others may follow on what it leaves."""
    alone: bool = False
    """Of a price: closes its lines to all that follows but freight."""
    schedule: Schedule = ALWAYS
    label: str = ""
    told: Any = None
    """The label in other languages, as the row has it."""
    audience: str = "all"
    per_user: int | None = None
    budget: int | None = None
    """What its uses and its money are counted by, where they are limited."""
    version: int = 1

    @property
    def source(self) -> str:
        return f"promotions:rule:{self.id}"


@dataclass(frozen=True, slots=True, eq=False)
class Coupon:
    """A coupon in somebody's wallet."""

    number: str
    benefit: Benefit | FreeFreight
    scope: Scope = ALL
    with_activity: bool = True
    """Also for lines that bundles or thresholds took something off."""
    ends: datetime | None = None
    id: int = 0
    label: str = ""
    told: Any = None
    version: int = 1

    @property
    def source(self) -> str:
        return f"promotions:coupon:{self.id}"

    @property
    def rank(self) -> tuple[bool, float, str]:
        """Of two that save the same, the one that ends first is used, then the lower number."""
        return self.ends is None, self.ends.timestamp() if self.ends else 0, self.number


@dataclass(frozen=True, slots=True)
class Cut:
    """What a rule or a coupon took off: of lines, by their place in the basket, or of freight (`parts` is empty then)."""

    by: Rule | Coupon
    stage: int
    off: int
    parts: Mapping[int, int] = field(default_factory=dict)
    pieces: Mapping[int, int] = field(default_factory=dict)
    """Of a flash price: what the pieces are counted by -> how many."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule that means something in the basket, or a coupon, takes nothing off.

    `code` is one of below (its threshold), weighed (it counts pieces, and these goods are priced by weight), taken_by (`other`, a rule that
    takes lines for itself), closed (a price that stands alone), dearer (no lower than the price that counts), worse_than (`other`, a coupon
    or a better rule of freight), activity (a coupon beside offers), or what whoever asked gave for it: used_up, audience.
    """

    of: Rule | Coupon
    code: str
    other: Rule | Coupon | None = None
