"""The offers on a product: those that hold for everybody stand on the page itself, the others come after it.

A page may be the same for every visitor and lie on a disk, so that what it says of itself has to be true for all of them until it is
made anew: an offer for everybody that runs all day. What is for some, comes and goes by the hour or is limited in number is asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from dailyfresh_core.days import local
from dailyfresh_core.loading import imported
from dailyfresh_core.pricing.measures import WEIGHT
from dailyfresh_core.pricing.offers import groups_of
from dailyfresh_core.protocols import Catalogue, Measure

from ..basket import is_member, left_of
from ..coins import in_coins, yuan
from ..conf import NAME, conf
from ..engine import Benefit, Flash, Line, Prices, Rule
from ..rulebook import Rulebook, rulebook
from . import offer_texts


@dataclass(frozen=True)
class OnProduct:
    """An offer as a product's page shows it."""

    text: str
    ends: datetime | None
    for_all: bool
    """Whether every product of the shop has it."""
    price: Decimal | None = None
    left: int | None = None
    """Pieces of a flash price that are left."""
    audience: str = ""
    """Whom it is for, in words; "" for everybody."""
    most: int | None = None
    """Pieces that the visitor gets at the price; None: any number."""


@dataclass(frozen=True)
class OnPage:
    """What a page that is the same for everybody can say of a product's offers."""

    there: list[OnProduct]
    """Those that hold for everybody."""
    limited: list[OnProduct]
    """Those that hold now for some, or while they last: for who has no script, with words that say so."""
    later: bool
    """Whether there are others than those for everybody to ask for."""


def public_offers(
    sku_id: str,
    groups: Sequence[str],
    price: Decimal,
    at: datetime,
    found: Rulebook | None = None,
    *,
    measure: Measure | None = None,
) -> OnPage:
    """Without a question to the database but for the rules."""
    line = _line(sku_id, groups, price, measure)
    rules = _sorted(rule for rule, _places in (found or rulebook()).book.about([line]) if _counts(rule, line))
    now = [rule for rule in rules if _is_on(rule, at)]
    return OnPage(
        [_shown(rule, line, per_buyer={}) for rule in _beside([rule for rule in now if _is_public(rule)], line)],
        [_shown(rule, line) for rule in now if not _is_public(rule)],
        any(not rule.schedule.ends or rule.schedule.ends > at for rule in rules if not _is_public(rule)),
    )


def offers_on(sku_ids: Iterable[str], *, user: Any, at: datetime) -> dict[str, list[OnProduct]]:
    """sku_id -> all offers that are there for a visitor now (`user` None: not signed in); SKUs that the catalogue does not know are absent."""
    if not conf.CATALOGUE:
        return {}
    catalogue: Catalogue = imported(conf.CATALOGUE, where=f'{NAME}["CATALOGUE"]')()
    goods = catalogue.find(list(sku_ids))
    lines = {
        sku_id: _line(sku_id, groups_of(one), one.unit_price, getattr(one, "measure", None))
        for sku_id, one in goods.items()
    }
    known = rulebook()
    book = known.book
    meant = {
        sku_id: [rule for rule, _places in book.meant([line], at=at, local=local(at)) if _counts(rule, line)]
        for sku_id, line in lines.items()
    }
    left = left_of({rule for rules in meant.values() for rule in rules})
    member = is_member(user) if any(rule.audience == "members" for rules in meant.values() for rule in rules) else False
    found = {}
    for sku_id, line in lines.items():
        theirs = [rule for rule in meant[sku_id] if rule.audience != "members" or member or user is None]
        there = _beside([rule for rule in _sorted(theirs) if rule.id not in left.used_up], line, left.pieces)
        # What invites them to become a member, or may not be their first order, is shown and not reckoned with.
        theirs_now = {rule.id for rule in there if rule.audience == "all" or (rule.audience == "members" and member)}
        found[sku_id] = [
            _shown(rule, line, left.pieces, known.per_buyer if rule.id in theirs_now else None) for rule in there
        ]
    return found


def in_brief(offers: Sequence[OnProduct]) -> list[OnProduct]:
    """For a card: the first two, without those that every product of the shop has."""
    return [offer for offer in offers if not offer.for_all][:2]


def _line(sku_id: str, groups: Sequence[str], price: Decimal, measure: Measure | None) -> Line:
    weighed = measure is not None and measure.priced_by == WEIGHT
    return Line(sku_id, in_coins(price), 1, in_coins(price), tuple(groups), weighed)


def _counts(rule: Rule, line: Line) -> bool:
    """Whether these goods count for it: what is for pieces never sees those that are priced by weight."""
    return not (line.measured and isinstance(rule.benefit, Benefit) and rule.benefit.counts_pieces)


def _beside(rules: list[Rule], line: Line, left: Mapping[int, int] | None = None) -> list[Rule]:
    """Without the bundles and thresholds that a price for everybody closes its goods to."""
    closed = any(rule.alone and rule.audience == "all" and _lowers(rule, line, left or {}) for rule in rules)
    return [rule for rule in rules if rule.benefit.stage not in (2, 3)] if closed else rules


def _lowers(rule: Rule, line: Line, left: Mapping[int, int]) -> bool:
    if isinstance(rule.benefit, Flash):
        price, item = rule.benefit.items[line.sku_id]
        return price < line.price and left.get(item, 0) > 0
    return isinstance(rule.benefit, Prices) and rule.benefit.price_of(line.sku_id, line.price) < line.price


def _is_on(rule: Rule, at: datetime) -> bool:
    """Whether it holds until it ends: of what comes and goes by the hour a page that is kept can say nothing."""
    return rule.schedule.holds(at, local(at)) and not rule.schedule.by_the_day


def _is_public(rule: Rule) -> bool:
    limited = rule.budget or isinstance(rule.benefit, Flash)
    return rule.audience == "all" and not limited and not rule.schedule.by_the_day


def _sorted(rules: Iterable[Rule]) -> list[Rule]:
    """Flash prices first, then those of few goods before those of all, as they are worked out."""
    return sorted(
        rules,
        key=lambda rule: (
            not isinstance(rule.benefit, Flash),
            rule.scope.everything,
            rule.benefit.stage,
            -rule.priority,
            rule.id,
        ),
    )


def _shown(
    rule: Rule, line: Line, left: Mapping[int, int] | None = None, per_buyer: Mapping[int, int] | None = None
) -> OnProduct:
    """`per_buyer` where the visitor gets it: pieces of each flash price."""
    price = pieces = None
    most = 0 if per_buyer is None else None
    if isinstance(rule.benefit, Flash):
        price, item = rule.benefit.items[line.sku_id]
        pieces = (left or {}).get(item)
        most = min((per_buyer or {}).get(item, 0), pieces or 0)
    elif isinstance(rule.benefit, Prices):
        price = rule.benefit.price_of(line.sku_id, line.price)
    return OnProduct(
        offer_texts.named(rule),
        rule.schedule.ends,
        rule.scope.everything,
        None if price is None else yuan(price),
        pieces,
        offer_texts.audience(rule.audience),
        most,
    )
