"""What is added to the goods of an order, or taken off: the offers that the site joined, and freight."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.pricing.offers import AUTO, NO_COUPON, ORDER, GivenShare, Goods, Offered, offered
from django.utils.translation import gettext as _

from ..freight import freight
from ..joins import DELIVERY, PROMOTIONS
from ..line_amounts import FREIGHT, Named, of_freight, taken_off
from ..models import Adjustment
from ..protocols import Address
from .standing import Standing
from .windows import Timing


@dataclass(frozen=True)
class Extras:
    """All that is added and taken off, and what to tell of it."""

    shares: tuple[GivenShare, ...]
    coupon: str = AUTO
    """As it was chosen: "auto", "none" or a number that is in the shares."""
    note: str = ""
    """What became of a coupon that was chosen and cannot be used."""
    offered: Offered = field(default_factory=Offered)
    timing: Timing = field(default_factory=Timing)

    @property
    def digest(self) -> str:
        """The same while every share on every line is, and the rules behind them are; freight of the shop's own is told apart by itself."""
        written = [
            (each.source, each.kind, each.returns, sorted((sku_id, f"{n:.2f}") for sku_id, n in each.amounts.items()))
            for each in self.offers
        ]
        said = repr((self.offered.digest, written)) if written else ""
        return hashlib.sha256(said.encode()).hexdigest()[:24] if said else ""

    @property
    def notes(self) -> list[str]:
        """What is to be known before ordering, and keeps nobody from it."""
        away = _("Offers cannot be had at the moment: these are full prices.") if self.offered.away else ""
        return [sentence for sentence in (self.note, away) if sentence]

    @property
    def taken_off(self) -> list[Named]:
        return taken_off(self.shares)

    @property
    def of_freight(self) -> list[Named]:
        return of_freight(self.shares)

    @property
    def offers(self) -> tuple[GivenShare, ...]:
        """The shares of the site's offers."""
        return tuple(each for each in self.shares if each.source != FREIGHT)


def extras_of(
    goods: Sequence[Goods],
    *,
    user: Any,
    coupon: str,
    sent: bool,
    address: Address | None,
    at: datetime,
    timing: Timing,
    standing: Standing | None = None,
) -> Extras:
    """What these goods get, and what sending them costs if they are `sent`. The offers are asked once, or not at all."""

    def sending(goods_total: Decimal) -> Decimal:
        if DELIVERY.dotted:
            return timing.fee(goods_total)
        return freight().cost(goods_total, address) if sent else NOTHING

    found = offered(
        PROMOTIONS,
        goods,
        user=user,
        first_order=lambda: user is not None and (standing or Standing(user)).first,
        coupon=coupon,
        freight=sending,
        at=at,
    )
    given = [_share(each) for each in found.shares]
    kinds = Adjustment.Kind
    taken_off = sum((each.amount for each in given if each.kind == kinds.DISCOUNT), NOTHING)
    cost = sending(sum((each.amount for each in goods), taken_off))
    own = [GivenShare(FREIGHT, _("Freight"), {ORDER: cost}, kinds.FREIGHT, Adjustment.Returns.LAST)] if cost else []
    of_freight = [each for each in given if each.kind == kinds.FREIGHT]
    note = ""
    if coupon not in (AUTO, NO_COUPON) and not any(each.chosen and each.number == coupon for each in found.coupons):
        # While the offers are away the choice is kept: it may be good again.
        note = "" if found.away else _("The coupon you chose cannot be used for this order.")
        coupon = coupon if found.away else AUTO
    shares = [*(each for each in given if each.kind != kinds.FREIGHT), *own, *of_freight]
    return Extras(tuple(each for each in shares if each.amounts), coupon, note, found, timing)


def first_order(user: Any) -> bool:
    """Whether the user has no order yet but such as came to nothing."""
    return Standing(user).first


def _share(given: Any) -> GivenShare:
    amounts = {sku_id: amount for sku_id, amount in given.amounts.items() if amount}
    return GivenShare(given.source, given.label, amounts, given.kind, given.returns)
