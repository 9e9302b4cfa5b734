"""All stages over one basket, and the coupon that makes it cheapest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from .benefits import FreeFreight, Step
from .book import Meant
from .lines import Line
from .rules import Coupon, Cut, Reason, Rule
from .stages import Basket, discount, reprice, seen_by, send, spend

AUTO, NO_COUPON = "auto", "none"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What became of a coupon beside the basket."""

    coupon: Coupon
    saves: int
    """What is paid less with it than without any."""
    used: bool
    why: str
    """Why it takes nothing off: a code of `Reason`, "scope", or "free" of one for sending where that costs nothing; "" when it would."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What a basket costs and why, in coins; `amounts` are those of its lines, in their order."""

    amounts: Sequence[int]
    freight: int
    cuts: Sequence[Cut]
    """In the order in which they were worked out."""
    reasons: Sequence[Reason]
    steps: Sequence[tuple[Rule, Step]]
    """What would bring more, for each rule that would."""
    coupons: Sequence[Chosen]

    @property
    def total(self) -> int:
        """Of goods and sending."""
        return sum(self.amounts) + self.freight

    def has(self, number: str) -> bool:
        """Whether the coupon of this number takes something off."""
        return any(isinstance(cut.by, Coupon) and cut.by.number == number for cut in self.cuts)


def price(
    lines: Sequence[Line],
    meant: Sequence[Meant],
    *,
    freight: Callable[[int], int] = lambda goods: 0,
    blocked: Mapping[int, str] | None = None,
    left: Mapping[int, int] | None = None,
    coupons: Sequence[Coupon] = (),
    choice: str = AUTO,
) -> Priced:
    """What these lines cost under the rules that `Book.meant` found for them.

    `freight` says what sending goods for so much costs. `blocked` are rules that this buyer cannot have now, with the reason; `left` how
    many pieces a flash price still serves them. `choice` is "auto" (the coupon that makes it cheapest), "none" or a number; a number
    that takes nothing off counts as "auto".
    """
    basket = Basket(lines, [line.amount for line in lines])
    stages: dict[int, list[Meant]] = {1: [], 2: [], 3: [], 5: []}
    for rule, places in meant:
        if why := (blocked or {}).get(rule.id):
            basket.reasons.append(Reason(rule, why))
        else:
            stages[rule.benefit.stage].append((rule, places))
    reprice(basket, stages[1], left or {})
    for stage in (2, 3):
        discount(basket, stage, stages[stage])
    return _Attempts(basket, stages[5], coupons, freight).chosen(choice)


class _Attempts:
    """The same basket with each coupon and with none."""

    def __init__(
        self, basket: Basket, rules: Sequence[Meant], coupons: Sequence[Coupon], freight: Callable[[int], int]
    ) -> None:
        self.basket, self.rules, self.freight = basket, rules, freight
        self.on_goods = [coupon for coupon in coupons if not isinstance(coupon.benefit, FreeFreight)]
        self.on_freight = [coupon for coupon in coupons if isinstance(coupon.benefit, FreeFreight)]
        self.whys: dict[str, str] = {}

    def chosen(self, choice: str) -> Priced:
        bare = self._with(None, [])
        none = bare if choice == NO_COUPON else self._with(None, self.on_freight)
        tried = {coupon.number: self._with(coupon, self.on_freight) for coupon in self.on_goods}
        forced = {coupon.number: self._with(None, [coupon], forced=coupon) for coupon in self.on_freight}
        by_hand = (tried | forced).get(choice)
        if by_hand and by_hand.has(choice):
            best = by_hand
        elif choice == NO_COUPON:
            best = bare
        else:
            ranked = sorted(self.on_goods, key=lambda coupon: coupon.rank)
            best = min([none, *(tried[coupon.number] for coupon in ranked)], key=lambda priced: priced.total)
        beside = [self._beside(coupon, tried[coupon.number], none, best) for coupon in self.on_goods]
        beside += [self._beside(coupon, forced[coupon.number], bare, best) for coupon in self.on_freight]
        return replace(best, reasons=[*best.reasons, *_outdone(best, beside)], coupons=beside)

    def _beside(self, coupon: Coupon, alone: Priced, without: Priced, best: Priced) -> Chosen:
        why = self.whys.get(coupon.number, "") or ("" if alone.has(coupon.number) else "below")
        if why and isinstance(coupon.benefit, FreeFreight) and not without.freight:
            why = "free"
        saves = 0 if why else max(without.total - alone.total, 0)
        return Chosen(coupon, saves, best.has(coupon.number), why)

    def _with(self, coupon: Coupon | None, on_freight: Sequence[Coupon], *, forced: Coupon | None = None) -> Priced:
        basket = self.basket.copy()
        if coupon:
            self.whys[coupon.number] = spend(basket, coupon)
        if forced:
            self.whys[forced.number] = seen_by(forced, basket)[1]
        cost = send(basket, self.freight(sum(basket.amounts)), self.rules, on_freight, forced=forced)
        return Priced(basket.amounts, cost, basket.cuts, basket.reasons, basket.steps, ())


def _outdone(best: Priced, beside: Sequence[Chosen]) -> list[Reason]:
    """The coupons for goods that would take something off too, after the one that does."""
    used = next((cut.by for cut in best.cuts if cut.stage == 4), None)
    rest = [one.coupon for one in beside if not one.why and not isinstance(one.coupon.benefit, FreeFreight)]
    return [Reason(coupon, "worse_than", used) for coupon in rest if used and coupon is not used]
