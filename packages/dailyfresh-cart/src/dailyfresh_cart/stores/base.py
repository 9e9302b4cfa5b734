"""The shape of every cart store: five values and one class."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from dailyfresh_core.pricing.measures import Grams
from django.core.checks import CheckMessage

SKU_ID = re.compile(r"[!-~]{1,64}")
PRICE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose cart: `u:<primary key>` of a user or `g:<token>` of a guest."""

    key: str
    session: Any = field(default=None, compare=False, repr=False)

    @property
    def is_guest(self) -> bool:
        return self.key.startswith("g:")


def user_owner(user: Any, session: Any = None) -> Owner:
    """The owner that a signed-in user is."""
    return account_owner(user.pk, session)


def account_owner(user_id: object, session: Any = None) -> Owner:
    """The owner that the account with this primary key is, or was."""
    return Owner(f"u:{user_id}", session)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is stored; `unit_price` is the price seen when it was added, `position` its place in time (µs).

    The quantity is pieces, or `Grams`, and stays what it was put in as, whatever the product is sold by meanwhile.
    """

    quantity: int
    selected: bool = True
    unit_price: Decimal | None = None
    position: int = 0


class Kind(StrEnum):
    """What one change does to its line. One that is counted otherwise, pieces or grams, is no part of it: it begins anew, or stays for TAKE."""

    ADD = "add"  # that many more, and selected
    SET = "set"  # exactly that many; 0 removes the line
    MAX = "max"  # at least that many
    TAKE = "take"  # that many fewer; the line goes when none is left
    MARK = "mark"  # selected or not, if the line is there
    PUT = "put"  # back as it was, if the line is not there


@dataclass(frozen=True, slots=True)
class Change:
    """One line's change; `cap` is the most that it may make the line hold, None for no bound; ADD begins a line with `least`."""

    kind: Kind
    sku_id: str
    quantity: int = 0
    cap: int | None = None
    selected: bool = True
    unit_price: Decimal | None = None
    position: int = 0
    least: int = 0

    @classmethod
    def of(cls, kind: Kind, sku_id: str, line: Line, cap: int | None = None) -> "Change":
        """The change that brings this line in."""
        return cls(kind, sku_id, line.quantity, cap, line.selected, line.unit_price, line.position)


@dataclass(frozen=True, slots=True)
class Terms:
    """How changes are made.

    A `reference` that was seen within its `remember` seconds changes nothing. `clip` cuts a quantity to its cap
    (never below what the line held) and leaves out what is one line too many, instead of refusing. `clear` empties
    the cart first. `most` bounds the number of lines, `lifetime` is the seconds until an untouched cart is
    forgotten; 0 for no bound in both. `read` asks for the whole cart in the outcome.
    """

    reference: str = ""
    remember: int = 0
    clip: bool = False
    clear: bool = False
    most: int = 0
    lifetime: int = 0
    read: bool = False


PLAIN = Terms()
"""All or nothing, once more each time, without bounds."""


class Why(StrEnum):
    """Why a change was refused."""

    CAP = "cap"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change: all of it when `refused` is empty, else nothing.

    `applied` is False as well when the reference had been seen before. `before` and `after` are sku_id -> quantity of
    the lines that were named, 0 for none and, before, for what was counted otherwise; `lines` is the whole cart where it was asked for.
    """

    applied: bool
    count: int
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, Why] = field(default_factory=dict)
    lines: Mapping[str, Line] | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A guest's lines, set aside for one account; the reference makes their merge happen once."""

    reference: str
    lines: Mapping[str, Line]


@dataclass(frozen=True, slots=True)
class Held:
    """One cart as a survey sees it; `changed` in seconds since 1970. One with no lines only remembers references."""

    owner: Owner
    lines: int
    pieces: int
    changed: int


class CartStore(ABC):
    """Keeps carts. Every method is atomic for one owner, and raises CartUnavailable when the store does not answer."""

    in_session: ClassVar[bool] = False
    """The cart lives in the visitor's session: it cannot be reached without one, and signing in keeps it."""
    atomic: ClassVar[bool] = True
    """Parallel changes of one cart all count."""

    @abstractmethod
    def read(self, owner: Owner) -> dict[str, Line]:
        """The whole cart, oldest line first."""

    @abstractmethod
    def quantities(self, owner: Owner) -> dict[str, int]:
        """sku_id -> quantity, in no certain order: all that a badge needs."""

    @abstractmethod
    def count(self, owner: Owner) -> int:
        """How many lines there are."""

    @abstractmethod
    def change(self, owner: Owner, changes: Sequence[Change], terms: Terms = PLAIN) -> Outcome:
        """Apply all changes in their order, or none."""

    @abstractmethod
    def claim(self, guest: Owner, by: Owner, *, reference: str, lifetime: int) -> Claim | None:
        """Set the guest's lines aside for `by`, or return those that were set aside for it and never released.

        None when there is nothing. What was set aside for another account stays with that one, for `lifetime` seconds.
        """

    @abstractmethod
    def release(self, guest: Owner, by: Owner) -> bool:
        """Drop what was set aside for `by`; True when the guest has put new lines in meanwhile."""

    @abstractmethod
    def drop(self, owner: Owner, *, unless_changed_since: int | None = None) -> bool:
        """Forget the cart and all that is remembered of it; True when there was one and it is gone."""

    @abstractmethod
    def survey(self) -> Iterator[Held]:
        """Every cart there is, in batches: for statistics and expiry."""

    def check(self) -> list[CheckMessage]:
        """System-check messages of the configuration; asks no server."""
        return []

    def check_server(self) -> list[CheckMessage]:
        """System-check messages of the running server (`check --deploy`)."""
        return []


def stored_line(sku_id: str, quantity: object, selected: object, price: object, position: object) -> Line | None:
    """A line as a store holds it; None for what no cart of ours wrote. A price or a place that cannot be read is left out of it."""
    pieces = stored_quantity(quantity)
    if not (0 < pieces < 10**9 and SKU_ID.fullmatch(sku_id)):
        return None
    seen = Decimal(str(price)) if PRICE.fullmatch(str(price)) else None
    return Line(pieces, str(selected) in ("1", "True"), seen, stored_number(position))


def stored_quantity(value: object) -> int:
    """A quantity as a store holds it, 2 or "750g"; 0 for what is none."""
    text = str(value)
    return Grams(stored_number(text[:-1])) if text.endswith("g") else stored_number(text)


def stored_number(value: object) -> int:
    """A whole number as a store holds it; 0 for what is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def stamped(changes: Sequence[Change], now: int) -> list[Change]:
    """The changes with the positions that new lines get: one after another from `now` (µs)."""
    return [change if change.position else replace(change, position=now + i) for i, change in enumerate(changes)]
