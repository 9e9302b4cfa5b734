"""An order takes what its price was made of. Inserts first, then the buyer's own rows, then those that many orders meet at.

It runs in the caller's transaction and opens none; what is refused is returned, and the caller rolls everything back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from ..models import Budget, Coupon, FlashBuyer, FlashItem, Redemption
from .counting import raised


@dataclass(frozen=True, slots=True)
class Take:
    """One offer or coupon of an order. What it takes nothing off is none."""

    source: str
    amount: Decimal
    rule_id: int | None = None
    coupon_id: int | None = None
    limit_key: str = ""
    limit: int | None = None
    """How often one buyer may have what goes by the key."""
    had: frozenset[int] = frozenset()
    """The slots of it that this buyer had when the price was worked out."""
    budget: bool = False
    pieces: Mapping[int, int] = field(default_factory=dict)
    """Key of a flash price -> how many."""
    per_buyer: Mapping[int, int] = field(default_factory=dict)

    @property
    def personal(self) -> bool:
        """Whether it needs somebody whose uses can be counted."""
        return bool(self.limit_key or self.coupon_id or self.pieces)


def take(takes: Sequence[Take], *, user: Any, reference: str, at: datetime) -> list[str]:
    """Sources that could not be had; none of them means that all was taken. The same order again takes nothing again."""
    if not takes:
        return []
    if user is None and (refused := [one.source for one in takes if one.personal]):
        return refused
    unwritten = _write(takes, user, reference, at)
    if unwritten is None or unwritten:
        return unwritten or []
    for step in (_coupons, _flash, _budgets):
        if refused := step(takes, user=user, reference=reference, at=at):
            return refused
    return []


def _write(takes: Sequence[Take], user: Any, reference: str, at: datetime) -> list[str] | None:
    """Insert the rows of the order, each limited one in the lowest free slot: what was refused, or None when they are there already."""
    had = {one.limit_key: one.had for one in takes if one.limit_key}
    for attempt in (1, 2):
        slots = {key: _free(had[key], _limit(takes, key)) for key in had}
        if refused := [one.source for one in takes if one.limit_key and slots[one.limit_key] is None]:
            return refused
        try:
            with transaction.atomic():
                Redemption.objects.bulk_create(_rows(takes, slots, user, reference, at))
            return []
        except IntegrityError:
            if Redemption.objects.filter(reference=reference).exists():
                return None
            if attempt == 2:
                break
            had = slots_had(user, list(had))
    return [one.source for one in takes if one.limit_key]


def slots_had(user: Any, keys: Sequence[str]) -> dict[str, frozenset[int]]:
    """key -> the slots of it that this buyer has."""
    rows = (
        Redemption.objects.filter(user=user, limit_key__in=keys, slot__isnull=False)
        .order_by()
        .values_list("limit_key", "slot")
    )
    found: dict[str, set[int]] = {key: set() for key in keys}
    for key, slot in rows:
        found[key].add(slot or 0)
    return {key: frozenset(slots) for key, slots in found.items()}


def _limit(takes: Sequence[Take], key: str) -> int:
    return min(one.limit or 1 for one in takes if one.limit_key == key)


def _free(had: frozenset[int], limit: int) -> int | None:
    return next((slot for slot in range(1, limit + 1) if slot not in had), None)


def _rows(
    takes: Sequence[Take], slots: Mapping[str, int | None], user: Any, reference: str, at: datetime
) -> Iterator[Redemption]:
    """A slot is taken by the first row of its key: all offers for first orders are one use together."""
    free = dict(slots)
    for one in takes:
        yield Redemption(
            reference=reference,
            source=one.source,
            rule_id=one.rule_id,
            coupon_id=one.coupon_id,
            user=user,
            limit_key=one.limit_key,
            slot=free.pop(one.limit_key, None),
            amount=one.amount,
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
    if not pieces:
        return []
    most = {item: most for one in flash for item, most in one.per_buyer.items()}
    FlashBuyer.objects.bulk_create([FlashBuyer(item_id=item, user=user) for item in pieces], ignore_conflicts=True)
    added = {item: {"pieces": count} for item, count in pieces.items()}
    within = {item: Q(pieces__lte=most[item] - count) for item, count in pieces.items() if most[item] >= count}
    mine = len(within) == len(pieces) and raised(FlashBuyer.objects.filter(user=user), added, within, key="item_id")
    all_of = mine and raised(
        FlashItem.objects.all(),
        {item: {"taken": count} for item, count in pieces.items()},
        {item: Q(quantity__gte=F("taken") + count) for item, count in pieces.items()},
    )
    return [] if all_of else [one.source for one in flash]


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
