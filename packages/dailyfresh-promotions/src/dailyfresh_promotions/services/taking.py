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
from django.db.models import Count, F, Max, Q

from ..models import Budget, Coupon, FlashItem, Redemption
from .counting import raised


@dataclass(frozen=True, slots=True)
class Had:
    """What a buyer's orders have of limits already."""

    uses: Mapping[str, int] = field(default_factory=dict)
    """Key of a limit -> how many orders have it now."""
    turns: Mapping[str, int] = field(default_factory=dict)
    """Key of a limit -> the last turn."""
    pieces: Mapping[int, int] = field(default_factory=dict)
    """Key of a flash price -> pieces."""


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
    budget: bool = False
    pieces: Mapping[int, int] = field(default_factory=dict)
    """Key of a flash price -> how many."""
    per_buyer: Mapping[int, int] = field(default_factory=dict)

    @property
    def personal(self) -> bool:
        """Whether it needs somebody whose uses can be counted."""
        return bool(self.limit_key or self.coupon_id)

    def within(self, had: Had) -> bool:
        """Whether its buyer may have it too."""
        if self.limit is not None and had.uses.get(self.limit_key, 0) >= self.limit:
            return False
        return all(had.pieces.get(item, 0) + count <= self.per_buyer[item] for item, count in self.pieces.items())


def take(takes: Sequence[Take], had: Had, *, user: Any, reference: str, at: datetime) -> list[str]:
    """Sources that could not be had; none of them means that all was taken. The same order again takes nothing again.

    `had` is what the buyer had when the price was worked out.
    """
    if not takes:
        return []
    if user is None and (refused := [one.source for one in takes if one.personal]):
        return refused
    unwritten = _write(takes, had, user, reference, at)
    if unwritten is None or unwritten:
        return unwritten or []
    for step in (_coupons, _flash, _budgets):
        if refused := step(takes, user=user, reference=reference, at=at):
            return refused
    return []


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
            had = had_by(user, [one.limit_key for one in takes], [one.rule_id or 0 for one in takes if one.pieces])
    return [one.source for one in takes if one.limit_key]


def had_by(user: Any, keys: Collection[str], flash: Collection[int]) -> Had:
    """What a buyer has of these limits, and of flash prices of these rules: one statement, of as many rows as ways to have them."""
    uses, turns, pieces = Counter[str](), Counter[str](), Counter[int]()
    meant = Q(limit_key__in=set(keys) - {""}) | Q(rule_id__in=set(flash))
    for key, state, some, last, turned, n in _uses().filter(meant, user=user):
        turns[key] = max(turns[key], last or 0)
        if state in Redemption.OPEN:
            uses[key] += turned
            pieces.update({int(item): count * n for item, count in some.items()})
    return Had(uses, turns, pieces)


@cache
def _uses() -> Any:
    """Of everybody, by what they are counted by: put together once, for that takes longer than asking."""
    rows = Redemption.objects.order_by().values_list("limit_key", "state", "pieces")
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
            pieces={str(item): count for item, count in one.pieces.items()},
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


def _flash(takes: Sequence[Take], *, user: Any, reference: str, at: datetime) -> list[str]:
    flash = [one for one in takes if one.pieces]
    pieces = {item: count for one in flash for item, count in one.pieces.items()}
    fits = {item: Q(quantity__gte=F("taken") + count) for item, count in pieces.items()}
    if not pieces or raised(FlashItem.objects.all(), {item: {"taken": n} for item, n in pieces.items()}, fits):
        return []
    return [one.source for one in flash]


def _budgets(takes: Sequence[Take], *, user: Any, reference: str, at: datetime) -> list[str]:
    limited = {one.rule_id: one for one in takes if one.budget and one.rule_id}
    if not limited:
        return []
    spent = {rule: {"uses": 1, "spent": one.amount} for rule, one in limited.items()}
    fits = {rule: fitting(one.amount) for rule, one in limited.items()}
    if raised(Budget.objects.all(), spent, fits, key="rule_id"):
        return []
    return [one.source for one in limited.values()]


def fitting(amount: Decimal) -> Q:
    """Of a budget: whether one more use that takes off so much is within it."""
    uses = Q(max_uses=None) | Q(uses__lt=F("max_uses"))
    return uses & (Q(max_spent=None) | Q(spent__lte=F("max_spent") - amount))
