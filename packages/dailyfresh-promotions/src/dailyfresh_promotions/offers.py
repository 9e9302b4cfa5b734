"""What a checkout calls: `price` a basket, `take` what it was made of with the order, `used` when it is paid, `give_back` when it is over."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from dailyfresh_core.days import local
from dailyfresh_core.loading import imported
from dailyfresh_core.pricing.offers import ORDER, GivenChoice, GivenHint, GivenOffer, GivenShare
from dailyfresh_core.protocols import Item

from . import gate
from .basket import Limits, key_of, limits, line_of, most_of, wallet
from .coins import in_coins, yuan
from .conf import NAME, conf
from .display import offer_texts
from .engine import Chosen, Coupon, Cut, Line, Meant, Priced, Reason, Rule, Step, price
from .rulebook import Rulebook
from .services import Had, Take, give_back, mark_used, take


@dataclass(frozen=True)
class Why:
    """Why an offer or a coupon that means something here takes nothing off."""

    source: str
    label: str
    code: str
    text: str


@dataclass(frozen=True)
class Offer(GivenOffer):
    """What a basket gets, and what an order of it has to take."""

    takes: tuple[Take, ...] = ()
    had: Had = field(default_factory=Had)
    idle: tuple[Reason, ...] = ()

    @property
    def reasons(self) -> tuple[Why, ...]:
        """Why all else that means something here takes nothing off, in words for whoever asks."""
        return tuple(Why(one.of.source, offer_texts.named(one.of), one.code, offer_texts.why(one)) for one in self.idle)


class Promotions:
    """The package as a checkout knows it; `take`, `used` and `give_back` run in the caller's transaction and open none."""

    def price(
        self,
        items: Sequence[Item],
        *,
        user: Any,
        first_order: Callable[[], bool],
        coupon: str,
        freight: Callable[[Decimal], Decimal],
        at: datetime,
    ) -> Offer:
        """What these items get at a moment; nothing is written. `user` is None for a visitor.

        `coupon` is "auto" (the one that makes it cheapest), "none" or a number; `freight` says what sending goods for so much costs;
        `first_order` whether the buyer has none yet, and is asked where an offer depends on it.
        """
        found, coupons = wallet(user, at)
        lines = [line_of(item) for item in items]
        meant = found.book.meant(lines, at=at, local=local(at))
        some = limits(meant, found, user, first_order=first_order)
        priced = _priced(
            lines,
            meant,
            some,
            freight=lambda goods: in_coins(freight(yuan(goods))),
            coupons=coupons,
            choice=coupon,
        )
        return _offer(priced, lines, found, some)

    def take(self, offer: Offer, *, user: Any, reference: str, at: datetime) -> Sequence[str]:
        """Hold for the order of this number what its price was made of: the sources that could not be had, [] when all were.

        Where something was refused the caller rolls its transaction back, and prices again.
        """
        return take(offer.takes, offer.had, user=user, reference=reference, at=at)

    def enter(self, *, sources: Sequence[str], quantities: Mapping[str, int], user: Any, token: str) -> Sequence[str]:
        """Before anything is asked of the database: the sources of a quote that this buyer cannot have now, by the gate of flash sales.

        `token` names the attempt. Who is let in has to `leave`.
        """
        return gate.enter(sources=sources, quantities=quantities, user=user, token=token)

    def leave(self, *, sources: Sequence[str], token: str, placed: bool) -> None:
        """The attempt is over, and became an order or did not."""
        gate.leave(sources=sources, token=token, placed=placed)

    def used(self, reference: str) -> None:
        """The order is paid for."""
        mark_used(reference)

    def give_back(self, reference: str, *, why: str) -> None:
        """The order is over: `why` is unpaid, cancelled, shop, refunded_before or refunded_after."""
        give_back(reference, why=why)


def _priced(lines: Sequence[Line], meant: Sequence[Meant], some: Limits, **asked: Any) -> Priced:
    """Without the rules whose budget has less left than they would take off: none is ever used in part."""
    while True:
        priced = price(lines, meant, blocked=some.blocked, left=some.left, **asked)
        poor = [cut.by.id for cut in priced.cuts if isinstance(cut.by, Rule) and _is_beyond(cut, some)]
        if not poor:
            return priced
        some.blocked.update(dict.fromkeys(poor, "used_up"))


def _is_beyond(cut: Cut, some: Limits) -> bool:
    room = some.room.get(cut.by.id)
    return room is not None and yuan(cut.off) > room


def _is_empty(rule: Rule, step: Step, some: Limits) -> bool:
    """Whether the budget has less left than the step would take off: who bought more for it would lose what they have."""
    room = some.room.get(rule.id)
    return room is not None and step.off is not None and yuan(step.off) > room


def _offer(priced: Priced, lines: Sequence[Line], found: Rulebook, some: Limits) -> Offer:
    shares = tuple(_share(cut, lines) for cut in priced.cuts)
    seen = [(cut.by.source, cut.by.version, cut.off) for cut in priced.cuts]
    return Offer(
        shares=shares,
        hints=tuple(
            GivenHint(rule.source, offer_texts.hint(rule, step), _goods_url(rule), step.reached)
            for rule, step in sorted(priced.steps, key=lambda each: each[1].rank)
            if not _is_empty(rule, step, some)
        ),
        coupons=_choices(priced.coupons),
        digest=hashlib.sha256(repr(seen).encode()).hexdigest()[:16] if seen else "",
        takes=tuple(_take(cut, lines, found) for cut in priced.cuts),
        had=some.had,
        idle=tuple(priced.reasons),
    )


def _goods_url(rule: Rule) -> str:
    """Where the goods of a rule are; "" for one that is for everything."""
    if rule.scope.everything or conf.GOODS_URL is None:
        return ""
    find = imported(conf.GOODS_URL, where=f'{NAME}["GOODS_URL"]')
    return str(find(skus=rule.scope.skus, groups=rule.scope.groups))


def _share(cut: Cut, lines: Sequence[Line]) -> GivenShare:
    on_freight = cut.stage == 5
    amounts = {ORDER: -yuan(cut.off)} if on_freight else {lines[n].sku_id: -yuan(part) for n, part in cut.parts.items()}
    kind, returns = ("freight", "last") if on_freight else ("discount", "share")
    return GivenShare(cut.by.source, offer_texts.shared(cut.by), amounts, kind, returns)


def _choices(coupons: Sequence[Chosen]) -> tuple[GivenChoice, ...]:
    """Those in use first, then what saves most. One is called chosen: with two in use, that for the goods."""
    marked = next((one for one in coupons if one.used), None)
    ranked = sorted(coupons, key=lambda one: (not one.used, bool(one.why), -one.saves, one.coupon.rank))
    return tuple(
        GivenChoice(
            one.coupon.number,
            offer_texts.named(one.coupon),
            yuan(one.saves),
            one is marked,
            offer_texts.why_not(one.why),
            one.coupon.ends,
        )
        for one in ranked
    )


def _take(cut: Cut, lines: Sequence[Line], found: Rulebook) -> Take:
    amount, by = yuan(cut.off), cut.by
    sold = yuan(sum(line.amount for n, line in enumerate(lines) if n in cut.parts or not cut.parts))
    if isinstance(by, Coupon):
        return Take(by.source, amount, sold, coupon_id=by.id)
    return Take(
        by.source,
        amount,
        sold,
        rule_id=by.id,
        limit_key=key_of(by),
        limit=most_of(by),
        counts={**cut.pieces, **({by.budget: 1} if by.budget else {})},
        budget=by.budget,
        per_buyer={item: found.per_buyer[item] for item in cut.pieces},
    )
