"""An order takes what its price was made of. Inserts first, then the buyer's own rows, then those that many orders meet at.

It runs in the caller's transaction and opens none; what is refused is returned, and the caller rolls everything back.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q

from ..models import Coupon, Redemption
from .counting import raised


@dataclass(frozen=True, slots=True)
class Had:
    """What a buyer's orders have of limits already."""

    uses: Mapping[str, int] = field(default_factory=dict)
    """Key of a limit -> how many orders have it now."""
    turns: Mapping[str, int] = field(default_factory=dict)
    """Key of a limit -> the last turn."""
    counts: Mapping[int, int] = field(default_factory=dict)
    """Key of a limit -> uses, or pieces."""


@dataclass(frozen=True, slots=True)
class Take:
    """One offer or coupon of an order. What it takes nothing off is none."""

    source: str
    amount: Decimal
    sold: Decimal = Decimal(0)
    """What the goods that it takes something off cost without it and its like."""
    rule_id: int | None = None
    coupon_id: int | None = None
    limit_key: str = ""
    limit: int | None = None
    """How many orders of one buyer may have what goes by the key; None: any number."""
    counts: Mapping[int, int] = field(default_factory=dict)
    """Key of a limit of everybody -> uses, or pieces."""
    budget: int | None = None
    """The one of them that counts money too."""
    per_buyer: Mapping[int, int] = field(default_factory=dict)
    """Key of a flash price -> the pieces that one buyer may have."""

    @property
    def personal(self) -> bool:
        """Whether it needs somebody whose uses can be counted."""
        return bool(self.limit_key or self.coupon_id)

    def within(self, had: Had) -> bool:
        """Whether its buyer may have it too."""
        if self.limit is not None and had.uses.get(self.limit_key, 0) >= self.limit:
            return False
        return all(had.counts.get(key, 0) + self.counts[key] <= most for key, most in self.per_buyer.items())


def take(takes: Sequence[Take], had: Had, *, user: Any, reference: str, at: datetime) -> list[str]:
    """Sources that could not be had, or among which these are; none means that all was taken. The same order again takes nothing again.

    `had` is what the buyer had when the price was worked out.
    """
    if not takes:
        return []
    if user is None and (refused := [one.source for one in takes if one.personal]):
        return refused
    unwritten = _write(takes, had, user, reference, at)
    if unwritten is None or unwritten:
        return unwritten or []
    return _coupons(takes, user=user, reference=reference, at=at) or _limits(takes)


def _write(takes: Sequence[Take], had: Had, user: Any, reference: str, at: datetime) -> list[str] | None:
    """Insert the rows of the order, each limited one in the next turn: what was refused, or None when they are there already."""
    for _again in range(2):
        if refused := [one.source for one in takes if not one.within(had)]:
            return refused
        try:
            with transaction.atomic():
                Redemption.objects.bulk_create(_rows(takes, had, user, reference, at))
            return []
        except IntegrityError:
            if Redemption.objects.filter(reference=reference).exists():
                return None
            had = had_by(user, [one.limit_key for one in takes], [one.rule_id or 0 for one in takes if one.per_buyer])
    return [one.source for one in takes if one.limit_key]


def had_by(user: Any, keys: Collection[str], flash: Collection[int]) -> Had:
    """What a buyer has of these limits, and of flash prices of these rules: one statement, of as many rows as ways to have them."""
    uses, turns, counts = Counter[str](), Counter[str](), Counter[int]()
    meant = Q(limit_key__in=set(keys) - {""}) | Q(rule_id__in=set(flash))
    for key, state, some, last, turned, n in _uses().filter(meant, user=user):
        turns[key] = max(turns[key], last or 0)
        if state in Redemption.OPEN:
            uses[key] += turned
            counts.update({int(limit): count * n for limit, count in some.items()})
    return Had(uses, turns, counts)


@cache
def _uses() -> Any:
    """Of everybody, by what they are counted by: put together once, for that takes longer than asking."""
    rows = Redemption.objects.order_by().values_list("limit_key", "state", "counts")
    return rows.annotate(last=Max("turn"), turned=Count("turn"), n=Count("pk"))


def _rows(takes: Sequence[Take], had: Had, user: Any, reference: str, at: datetime) -> Iterator[Redemption]:
    """The turn stands in the first row of its key: all offers for first orders are one use together."""
    turns = {one.limit_key: had.turns.get(one.limit_key, 0) + 1 for one in takes if one.limit_key}
    for one in takes:
        yield Redemption(
            reference=reference,
            source=one.source,
            rule_id=one.rule_id,
            coupon_id=one.coupon_id,
            user=user,
            limit_key=one.limit_key,
            turn=turns.pop(one.limit_key, None),
            amount=one.amount,
            sold=one.sold,
            counts={str(limit): count for limit, count in one.counts.items()},
            at=at,
        )


def _coupons(takes: Sequence[Take], *, user: Any, reference: str, at: datetime) -> list[str]:
    wanted = {one.coupon_id: one.source for one in takes if one.coupon_id}
    if not wanted:
        return []
    good = Q(ends=None) | Q(ends__gt=at)
    free = Coupon.objects.filter(good, pk__in=wanted, user=user, state=Coupon.State.FREE, starts__lte=at)
    if free.update(state=Coupon.State.HELD, reference=reference) == len(wanted):
        return []
    held = Coupon.objects.filter(pk__in=wanted, reference=reference, state=Coupon.State.HELD).values_list(
        "pk", flat=True
    )
    return [source for key, source in wanted.items() if key not in set(held)]


def _limits(takes: Sequence[Take]) -> list[str]:
    wanted = {
        limit: (number, one.amount if limit == one.budget else Decimal(0))
        for one in takes
        for limit, number in one.counts.items()
    }
    return [] if not wanted or raised(wanted) else [one.source for one in takes if one.counts]
