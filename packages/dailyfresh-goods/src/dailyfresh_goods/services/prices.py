"""Prices of many goods at once: reckoned, shown before they hold, and changed now, later or for a while."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from dailyfresh_core.pricing.money import places
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import SKU, PricePlan
from .changes import noting

PERCENT, AMOUNT, FIXED = "percent", "amount", "fixed"
WAYS = {
    PERCENT: gettext_lazy("by so many per cent (-10 takes a tenth off)"),
    AMOUNT: gettext_lazy("by an amount (-2 takes two off)"),
    FIXED: gettext_lazy("to this price"),
}
ENDINGS: Mapping[str, tuple[Decimal, Decimal]] = {
    "0.1": (Decimal("0.1"), Decimal(0)),
    "1": (Decimal(1), Decimal(0)),
    ".9": (Decimal(1), Decimal("0.9")),
    ".99": (Decimal(1), Decimal("0.99")),
}
"""Name -> (step, rest): prices end in a multiple of the step, and the rest."""
AT_ONCE = 200
COLUMNS = ("price", "market_price")
HIGHEST = Decimal("99999999.99")
State = PricePlan.State


@dataclass(frozen=True, slots=True)
class Repricing:
    """How a price becomes another: `way` (a key of WAYS) with its `value`, then the `ending` (a key of ENDINGS, or none)."""

    way: str
    value: Decimal
    ending: str = ""

    def of(self, price: Decimal) -> Decimal:
        """The price that this one becomes; it may be none that anything can be sold for."""
        reckoned = {
            PERCENT: lambda: price * (100 + self.value) / 100,
            AMOUNT: lambda: price + self.value,
            FIXED: lambda: self.value,
        }[self.way]()
        if self.ending:
            step, rest = ENDINGS[self.ending]
            rounding = ROUND_FLOOR if rest else ROUND_HALF_UP
            reckoned = ((reckoned - rest) / step).quantize(Decimal(1), rounding) * step + rest
        return reckoned.quantize(Decimal(1).scaleb(-places()), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Repriced:
    """One SKU with the price that it would have, and why it cannot have it (empty: it can)."""

    sku: SKU
    price: Decimal
    fault: str = ""

    @property
    def moves(self) -> bool:
        """Whether anything would be written."""
        return not self.fault and self.price != self.sku.price


@dataclass(frozen=True, slots=True)
class Span:
    """From when on the prices hold (None: now), and until when (None: for good)."""

    starts: datetime | None = None
    ends: datetime | None = None


def preview_prices(*, pks: Sequence[int], repricing: Repricing, when: Span) -> list[Repriced]:
    """What would become of these SKUs, in the order of their names; two statements."""
    skus = list(SKU.objects.filter(pk__in=pks).order_by("name", "pk"))
    busy = _busy(pks, when)
    rows = []
    for sku in skus:
        price = repricing.of(sku.price)
        fault = _("nothing would be left of the price") if price <= 0 else ""
        fault = fault or (_("the price is too high") if price > HIGHEST else "")
        rows.append(Repriced(sku, price, fault or busy.get(sku.pk, "")))
    return rows


def change_prices(
    *,
    seen: Mapping[int, Decimal],
    repricing: Repricing,
    when: Span,
    strike: bool = False,
    by: Any,
    why: str = "",
) -> tuple[int, list[Repriced]]:
    """Give these SKUs the prices that the preview showed, now or as plans; how many, and those left out with their reasons.

    `seen` is what each cost in the preview (key -> price): whose price became another meanwhile is left out. With `strike`
    the former price stands beside a lower one, struck out. One transaction; the rows of the SKUs are locked.
    """
    pks = sorted(seen)
    with transaction.atomic():
        list(SKU.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))
        rows = [
            row if row.sku.price == seen[row.sku.pk] else Repriced(row.sku, row.price, _("the price changed meanwhile"))
            for row in preview_prices(pks=pks, repricing=repricing, when=when)
        ]
        moving = [row for row in rows if row.moves]
        plans = [
            PricePlan(
                sku=row.sku,
                price=row.price,
                starts=when.starts or timezone.now(),
                ends=when.ends,
                strike=strike,
                by=str(by)[:150],
                why=why[:200],
            )
            for row in moving
        ]
        if when.starts or when.ends:
            PricePlan.objects.bulk_create(plans)
        else:
            _begin(plans)
    turn_prices()
    return len(moving), [row for row in rows if row.fault]


def turn_prices() -> int:
    """Begin and end the plans whose moment has come; how many. May run beside itself, and be killed."""
    total = 0
    while turned := _turn_some():
        total += turned
    return total


def call_off(*, plan: PricePlan) -> bool:
    """Let a plan not begin, or end now; whether there was anything to call off."""
    with transaction.atomic():
        if PricePlan.objects.filter(pk=plan.pk, state=State.PLANNED).update(state=State.CALLED_OFF):
            return True
        running = list(PricePlan.objects.select_for_update().filter(pk=plan.pk, state=State.RUNNING))
        _end(running)
        return bool(running)


def _turn_some() -> int:
    now = timezone.now()
    due = Q(state=State.PLANNED, starts__lte=now) | Q(state=State.RUNNING, ends__lte=now)
    with transaction.atomic():
        rows = PricePlan.objects.select_for_update().filter(due).order_by("starts", "pk")
        # One of a SKU at a time, the earliest first: a sale may begin where another ends.
        plans = {plan.sku_id: plan for plan in reversed(rows[:AT_ONCE])}.values()
        _end([plan for plan in plans if plan.state == State.RUNNING])
        coming = [plan for plan in plans if plan.state == State.PLANNED]
        missed = [plan for plan in coming if plan.ends and plan.ends <= now]
        _moved(missed, State.OVER)
        _begin([plan for plan in coming if plan not in missed])
        return len(plans)


def _begin(plans: "list[PricePlan]") -> None:
    """Give the SKUs their prices, and keep in the plans what they had."""
    for group, skus in _noted(plans):
        for plan in group:
            sku = skus[plan.sku_id]
            plan.was, plan.market_was = sku.price, sku.market_price
            if plan.strike and sku.price > plan.price:
                sku.market_price = sku.price
            sku.price = plan.price
        SKU.objects.bulk_update(skus.values(), COLUMNS, AT_ONCE)
    _moved([plan for plan in plans if plan.ends], State.RUNNING)
    _moved([plan for plan in plans if not plan.ends], State.OVER)


def _end(plans: "list[PricePlan]") -> None:
    """Give back what the SKUs cost before, but for those that somebody gave another price meanwhile."""
    for group, skus in _noted(plans):
        for plan in group:
            sku = skus[plan.sku_id]
            if plan.was is not None and sku.price == plan.price:
                sku.price, sku.market_price = plan.was, plan.market_was
        SKU.objects.bulk_update(skus.values(), COLUMNS, AT_ONCE)
    _moved(plans, State.OVER)


def _noted(plans: "list[PricePlan]") -> Iterator[tuple[list[PricePlan], dict[int, SKU]]]:
    """The plans by who made them and why, with their SKUs locked by key; what is done with them is written down."""
    key = attrgetter("by", "why")
    for (by, why), some in groupby(sorted(plans, key=key), key):
        group = list(some)
        pks = [plan.sku_id for plan in group]
        rows = SKU.objects.select_for_update().only(*COLUMNS).filter(pk__in=pks).order_by("pk")
        with noting(pks=pks, by=by, why=why):
            yield group, {sku.pk: sku for sku in rows}


def _moved(plans: "list[PricePlan]", state: State) -> None:
    """Write the plans that are in the database with what they keep, in another state."""
    for plan in plans:
        plan.state = state
    PricePlan.objects.bulk_update([plan for plan in plans if plan.pk], ["state", "was", "market_was"], AT_ONCE)


def _busy(pks: Iterable[int], when: Span) -> dict[int, str]:
    """Key -> why a plan that there is leaves no room for another at that time."""
    starts = when.starts or timezone.now()
    plans = PricePlan.objects.filter(sku_id__in=list(pks), state__in=(State.PLANNED, State.RUNNING))
    return {plan.sku_id: _("another price is planned for that time") for plan in plans if plan.meets(starts, when.ends)}
