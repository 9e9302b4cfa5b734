"""Asking the one who has the offers: one question for a basket, and its answer judged before anybody is shown it.

The cart and the confirm page ask by the same function, so a buyer reads the same price on both.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from ..db.retrying import aside
from ..joins import Join, WrongShape
from ..protocols import Choice, Hint, Item, Pricing, Purchasable, Share
from .amounts import NOTHING
from .money import places

logger: logging.Logger = logging.getLogger(__name__)

AUTO, NO_COUPON = "auto", "none"
KINDS = ("discount", "fee", "freight")
RETURNS = ("share", "last", "never")
ORDER = ""
"""Where a share stands on the order as a whole and on none of its lines."""
LENGTHS = {"source": 64, "label": 120}
"""What the columns of an order hold."""


@dataclass(frozen=True)
class Goods:
    """A line as it is asked about (`protocols.Item`)."""

    sku_id: str
    groups: tuple[str, ...]
    unit_price: Decimal
    quantity: int
    amount: Decimal
    measured: bool = False
    grams: int = 0


@dataclass(frozen=True)
class GivenShare:
    """What an offer takes off, or a fee adds, as whoever prices gives it (`protocols.Share`)."""

    source: str
    label: str
    amounts: Mapping[str, Decimal]
    """sku_id, or ORDER -> yuan, signed."""
    kind: str = "discount"
    returns: str = "share"

    @property
    def amount(self) -> Decimal:
        """What it comes to over all lines."""
        return sum(self.amounts.values(), NOTHING)


@dataclass(frozen=True)
class GivenHint:
    """What a little more would bring (`protocols.Hint`)."""

    source: str
    text: str
    url: str = ""
    reached: int = 0


@dataclass(frozen=True)
class GivenChoice:
    """A coupon of the buyer beside the basket (`protocols.Choice`)."""

    number: str
    label: str
    saves: Decimal = NOTHING
    chosen: bool = False
    why: str = ""
    ends: datetime | None = None


@dataclass(frozen=True)
class GivenOffer:
    """What the basket gets (`protocols.Offer`)."""

    shares: Sequence[GivenShare] = ()
    hints: Sequence[GivenHint] = ()
    coupons: Sequence[GivenChoice] = ()
    digest: str = ""


@dataclass(frozen=True)
class Offered:
    """What the basket gets, judged (`protocols.Offer`); nothing of it where there are no offers, or nobody answered."""

    shares: tuple[Share, ...] = ()
    hints: tuple[Hint, ...] = ()
    coupons: tuple[Choice, ...] = ()
    digest: str = ""
    away: bool = False
    """Whether nobody answered: the basket costs its full price, and whoever shows it says so."""
    answer: Any = None
    """The answer itself, for who gave it."""

    def why(self, sku_id: str) -> tuple[tuple[str, Decimal], ...]:
        """(what it is called, yuan) of every share in a line, in their order: why it costs what it does."""
        return tuple((each.label, each.amounts[sku_id]) for each in self.shares if each.amounts.get(sku_id))

    @property
    def taken_off(self) -> tuple[tuple[str, Decimal], ...]:
        """(what it is called, yuan) of every share but in freight."""
        shares = (each for each in self.shares if each.kind != "freight")
        return tuple((each.label, sum(each.amounts.values(), NOTHING)) for each in shares)

    def sum_of(self, kind: str, sku_id: str) -> Decimal:
        """What the shares of a kind come to on a line, or on the ORDER."""
        return sum((each.amounts.get(sku_id, NOTHING) for each in self.shares if each.kind == kind), NOTHING)


def groups_of(product: Purchasable) -> tuple[str, ...]:
    return tuple(getattr(product, "groups", ()))


def offered(
    join: Join,
    items: Sequence[Item],
    *,
    user: Any,
    first_order: Callable[[], bool],
    coupon: str,
    freight: Callable[[Decimal], Decimal],
    at: datetime,
) -> Offered:
    """Ask the pricing that the site joined, if any. What it raises, and what does not fit, is logged, and then there are no offers.

    While DEBUG is on, what does not fit is raised: WrongShape.
    """
    if not join.dotted or not items:
        return Offered()
    pricing: Pricing = join.made()
    try:
        with aside():
            answer = pricing.price(items, user=user, first_order=first_order, coupon=coupon, freight=freight, at=at)
            for fault in faults(answer.shares, items, freight):
                raise WrongShape(f"{join.where}: {join.dotted}.price gave {fault}")
    except Exception as error:
        if settings.DEBUG and isinstance(error, WrongShape):
            raise
        logger.exception("There are no offers: %s did not answer as it must", join.dotted)
        return Offered(away=True)
    return Offered(tuple(answer.shares), tuple(answer.hints), tuple(answer.coupons), answer.digest, answer=answer)


def faults(shares: Sequence[Share], items: Sequence[Item], freight: Callable[[Decimal], Decimal]) -> Iterable[str]:
    """A sentence for each thing that no order could keep, or that would cost the shop or the buyer what nobody agreed to."""
    there = {item.sku_id for item in items}
    for share in shares:
        yield from _misnamed(share)
        yield from _misplaced(share, there)
    given = Offered(tuple(shares))
    for item in items:
        if item.amount + given.sum_of("discount", item.sku_id) < 0:
            yield f"discounts that take line {item.sku_id!r} below 0."
    goods = sum((item.amount + given.sum_of("discount", item.sku_id) for item in items), NOTHING)
    if freight(max(goods, NOTHING)) + given.sum_of("freight", ORDER) < 0:
        yield "shares that take freight below 0."


def _misnamed(share: Share) -> Iterable[str]:
    for name, most in LENGTHS.items():
        if not 1 <= len(text := getattr(share, name)) <= most:
            yield f"a share whose {name} is {text[:20]!r}, of {len(text)} characters: 1 to {most} are held."
    for name, known in (("kind", KINDS), ("returns", RETURNS)):
        if (word := getattr(share, name)) not in known:
            yield f"the share {share.source!r} whose {name} is {word!r}: it is one of {', '.join(known)}."


def _misplaced(share: Share, there: set[str]) -> Iterable[str]:
    for sku_id, amount in share.amounts.items():
        where = "the order" if sku_id == ORDER else f"line {sku_id!r}"
        if sku_id != ORDER and sku_id not in there:
            yield f"the share {share.source!r} on {where}, which is not in the basket."
        if amount != round(amount, places()):
            yield f"the share {share.source!r} of {amount}, which is no amount of money."
        if (share.kind == "discount" and amount > 0) or (share.kind == "fee" and amount < 0):
            yield f"the {share.kind} {share.source!r} of {amount} on {where}."
        if (share.kind == "discount" and sku_id == ORDER) or (share.kind == "freight" and sku_id != ORDER):
            yield f"the {share.kind} {share.source!r} on {where}: discounts stand on lines, freight on the order."
        if share.returns == "share" and sku_id == ORDER:
            yield f"the share {share.source!r}, which comes back with its line and stands on none."
    if share.kind == "discount" and share.returns != "share":
        yield f"the discount {share.source!r} that comes back {share.returns!r}: a discount comes back with its line."
