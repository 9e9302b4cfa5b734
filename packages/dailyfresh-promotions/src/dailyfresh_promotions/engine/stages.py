"""The stages that change what lines come to: prices, bundles and thresholds, a coupon. Each leaves a `Basket` for the next one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dailyfresh_core.pricing.amounts import parted

from .benefits import Benefit, Flash, FreeFreight, Prices, Step
from .book import Meant
from .lines import Line
from .rules import Coupon, Cut, Reason, Rule


@dataclass(slots=True)
class Basket:
    """What the lines come to so far, and how it came to that."""

    lines: Sequence[Line]
    amounts: list[int]
    closed: set[int] = field(default_factory=set)
    """Places of lines whose price stands alone."""
    touched: set[int] = field(default_factory=set)
    """Places of lines that bundles or thresholds took something off."""
    cuts: list[Cut] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    steps: list[tuple[Rule, Step]] = field(default_factory=list)

    def copy(self) -> "Basket":
        """For an attempt: what is recorded in it stays in it."""
        return replace(
            self,
            amounts=list(self.amounts),
            cuts=list(self.cuts),
            reasons=list(self.reasons),
            steps=list(self.steps),
        )

    def seen(self, benefit: Benefit, places: Iterable[int]) -> tuple[list[int], list[int], list[int]]:
        """(places, amounts, pieces) of the lines that a benefit sees."""
        some = [n for n in places if not (benefit.counts_pieces and self.lines[n].measured)]
        return some, [self.amounts[n] for n in some], [self.lines[n].pieces for n in some]

    def cut(self, by: Rule | Coupon, stage: int, benefit: Benefit, places: Iterable[int]) -> int:
        """Take off what a benefit gives for these lines, parted among them; how much that was."""
        some, amounts, pieces = self.seen(benefit, places)
        off = benefit.off(amounts, pieces)
        if off:
            parts = zip(some, parted(off, benefit.weights(amounts, pieces)), strict=True)
            self.take(Cut(by, stage, off, {n: part for n, part in parts if part}))
        return off

    def take(self, cut: Cut) -> None:
        self.cuts.append(cut)
        for n, part in cut.parts.items():
            self.amounts[n] -= part


def reprice(basket: Basket, meant: Sequence[Meant], left: Mapping[int, int]) -> None:
    """Stage 1: each piece takes the lowest price; one for a limited number serves so many pieces, the others take the next.

    `left` is how many pieces a flash price still serves this buyer, by what they are counted by.
    """
    parts: dict[int, dict[int, int]] = {}
    pieces: dict[int, dict[int, int]] = {}
    for n, line in enumerate(basket.lines):
        for rule, off, item, count in _lowest(line, [rule for rule, places in meant if n in places], left):
            parts.setdefault(rule.id, {})[n] = off
            if item is not None:
                pieces.setdefault(rule.id, {})[item] = count
            if rule.alone:
                basket.closed.add(n)
    by_price = sorted(meant, key=lambda each: (not isinstance(each[0].benefit, Flash), each[0].id))
    for rule, _places in by_price:
        if rule.id in parts:
            basket.take(Cut(rule, 1, sum(parts[rule.id].values()), parts[rule.id], pieces.get(rule.id, {})))
        else:
            basket.reasons.append(Reason(rule, "dearer"))


def _lowest(line: Line, rules: Sequence[Rule], left: Mapping[int, int]) -> Iterable[tuple[Rule, int, int | None, int]]:
    """(rule, what it takes off, what its pieces are counted by, how many) of each price that counts for a line."""
    offers: list[tuple[int, bool, int, Rule, int]] = []
    for rule in rules:
        benefit = rule.benefit
        if isinstance(benefit, Prices):
            offers.append((benefit.price_of(line.sku_id, line.price), False, rule.id, rule, 0))
        elif isinstance(benefit, Flash) and not line.measured and line.sku_id in benefit.items:
            offers.append((benefit.items[line.sku_id][0], True, rule.id, rule, benefit.items[line.sku_id][1]))
    rest = line.quantity
    for price, limited, _id, rule, item in sorted(offers, key=lambda offer: offer[:3]):
        if price >= line.price or not rest:
            return
        if not limited:
            taken_off = line.amount - line.at(price) if line.measured else (line.price - price) * rest
            if taken_off > 0:
                yield rule, taken_off, None, rest
            return
        if count := min(rest, left.get(item, 0)):
            rest -= count
            yield rule, (line.price - price) * count, item, count


def discount(basket: Basket, stage: int, meant: Sequence[Meant]) -> None:
    """Stages 2 and 3: by priority, then by what each would take off at first, then by id. Who is exclusive takes its lines for itself."""
    ranked: list[tuple[int, int, int, Rule, Benefit, list[int]]] = []
    for rule, places in meant:
        benefit = rule.benefit
        assert isinstance(benefit, Benefit)
        unclosed = [n for n in places if n not in basket.closed]
        if unclosed:
            off = benefit.off(*basket.seen(benefit, unclosed)[1:])
            ranked.append((-rule.priority, -off, rule.id, rule, benefit, unclosed))
        else:
            basket.reasons.append(Reason(rule, "closed"))
    taken: dict[int, Rule] = {}
    for *_rank, rule, benefit, unclosed in sorted(ranked, key=lambda each: each[:3]):
        free = unclosed if rule.stackable else [n for n in unclosed if n not in taken]
        seen = basket.seen(benefit, free)[1:]
        if free and (step := benefit.step(*seen)):
            basket.steps.append((rule, replace(step, had=benefit.had(*seen))))
        if basket.cut(rule, stage, benefit, free):
            basket.touched.update(basket.cuts[-1].parts)
            if not rule.stackable:
                taken.update(dict.fromkeys(free, rule))
        elif len(free) < len(unclosed):
            basket.reasons.append(Reason(rule, "taken_by", next(taken[n] for n in unclosed if n in taken)))
        else:
            counted, _amounts, _pieces = basket.seen(benefit, unclosed)
            basket.reasons.append(Reason(rule, "below" if counted else "weighed"))


def spend(basket: Basket, coupon: Coupon) -> str:
    """Stage 4: take off what a coupon gives; why not, or ""."""
    assert isinstance(coupon.benefit, Benefit)
    places, why = seen_by(coupon, basket)
    return why or ("" if basket.cut(coupon, 4, coupon.benefit, places) else "below")


def seen_by(coupon: Coupon, basket: Basket) -> tuple[list[int], str]:
    """(the places of the lines that a coupon sees, why there are none). One for sending sees prices that stand alone too."""
    places = [n for n, line in enumerate(basket.lines) if coupon.scope.holds(line)]
    if not places:
        return places, "scope"
    if isinstance(coupon.benefit, Benefit) and not (places := [n for n in places if n not in basket.closed]):
        return places, "closed"
    if not coupon.with_activity and not (places := [n for n in places if n not in basket.touched]):
        return places, "activity"
    return places, ""


def send(basket: Basket, cost: int, rules: Sequence[Meant], coupons: Sequence[Coupon], *, forced: Coupon | None) -> int:
    """Stage 5: the one best of what takes something off sending; what sending costs then. On a tie the rule, so that a coupon is spared."""
    ranked: list[tuple[int, int, tuple[object, ...], Rule | Coupon]] = []
    for rule, places in rules:
        assert isinstance(rule.benefit, FreeFreight)
        total = sum(basket.amounts[n] for n in places)
        if off := rule.benefit.off_freight(cost, total):
            ranked.append((-off, 0, (-rule.priority, rule.id), rule))
        elif cost:
            if step := rule.benefit.step(total):
                basket.steps.append((rule, replace(step, had=total)))
            basket.reasons.append(Reason(rule, "below"))
    for coupon in coupons:
        if off := _off_freight(basket, coupon, cost):
            ranked.append((-off, 1, coupon.rank, coupon))
    if not ranked:
        return cost
    ranked.sort(key=lambda each: (each[3] is not forced, *each[:3]))
    off, _tie, _rank, best = ranked[0]
    basket.cuts.append(Cut(best, 5, -off))
    basket.reasons += [Reason(other, "worse_than", best) for *_more, other in ranked[1:]]
    return cost + off


def _off_freight(basket: Basket, coupon: Coupon, cost: int) -> int:
    assert isinstance(coupon.benefit, FreeFreight)
    places, why = seen_by(coupon, basket)
    return 0 if why else coupon.benefit.off_freight(cost, sum(basket.amounts[n] for n in places))
