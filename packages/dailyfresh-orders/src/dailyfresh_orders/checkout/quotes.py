"""Quotes: what a buyer would pay now."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from dailyfresh_core.joins import WrongShape
from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.pricing.measures import (
    BY_THE_PIECE,
    Measured,
    agrees,
    amount,
    counted,
    estimated,
    grams_of,
    measure_of,
    most_of,
    pieces_of,
    typed,
)
from dailyfresh_core.pricing.offers import AUTO, GivenShare, Goods, groups_of
from dailyfresh_core.protocols import Measure, Purchasable
from django.utils import timezone
from django.utils.translation import gettext as _

from ..joins import ADDRESS_BOOK, catalogue, check_served
from ..models import Adjustment, called, too_long
from ..protocols import Address
from .offers import Extras, extras_of
from .quantities import at_the_door, possible_of, shortage_text
from .standing import Standing
from .windows import Timing, timing

BASKET, BUY = "basket", "buy"
MOST = Decimal("99999999.99")
"""What Alipay takes at most, and the columns hold with freight on top."""


@dataclass(frozen=True)
class QuoteLine:
    sku_id: str
    name: str
    unit: str
    image_name: str
    image_url: str
    url: str
    unit_price: Decimal
    quantity: int
    available: int | None
    """As the catalogue has it: None where nothing is counted."""
    requires_shipping: bool
    groups: tuple[str, ...] = ()
    discount: Decimal = NOTHING
    fees: Decimal = NOTHING
    why: tuple[tuple[str, Decimal], ...] = ()
    """(in words, yuan) of every share in the line: why it costs what it does."""
    measure: Measured = BY_THE_PIECE

    @property
    def counted(self) -> bool:
        return self.available is not None

    @property
    def amount(self) -> Decimal:
        return amount(self.unit_price, self.quantity, self.measure)

    @property
    def payable(self) -> Decimal:
        return self.amount + self.discount + self.fees


@dataclass(frozen=True)
class Quote:
    """What these lines cost now, sent to this address; `problems` says why they cannot be ordered as they are."""

    key: str
    source: str
    lines: tuple[QuoteLine, ...]
    address_id: str | None
    goods_total: Decimal
    extras: Extras
    quantities: Mapping[str, int]
    """sku_id -> quantity as it was asked for, also of what cannot be had."""
    possible: Mapping[str, int]
    """sku_id -> quantity that could be ordered now."""
    problems: tuple[str, ...] = field(default=())

    @property
    def shares(self) -> tuple[GivenShare, ...]:
        return self.extras.shares

    @property
    def total(self) -> Decimal:
        return self.goods_total + sum((share.amount for share in self.shares), NOTHING)

    @property
    def fewer(self) -> bool:
        """Whether something of it can be had, and not all that was asked for."""
        return bool(self.possible) and self.possible != self.quantities

    @property
    def grams(self) -> int:
        return sum(grams_of(line.quantity, line.measure) for line in self.lines)

    @property
    def timing(self) -> Timing:
        return self.extras.timing

    @property
    def freight(self) -> Decimal:
        return self.sum_of(Adjustment.Kind.FREIGHT)

    def sum_of(self, kind: str) -> Decimal:
        return sum((share.amount for share in self.shares if share.kind == kind), NOTHING)

    @property
    def pieces(self) -> int:
        """Pieces, and what is weighed as one each."""
        return sum(pieces_of(line.quantity) for line in self.lines)

    @property
    def estimated(self) -> bool:
        """Some of it is weighed when it is packed."""
        return any(estimated(line.measure) for line in self.lines)

    @property
    def counted(self) -> dict[str, int]:
        """sku_id -> quantity of the lines that stock is taken for, as plain numbers: they go into statements."""
        return {line.sku_id: int(line.quantity) for line in self.lines if line.counted}

    @property
    def requires_shipping(self) -> bool:
        return any(line.requires_shipping for line in self.lines)


def new_key() -> str:
    """A key of a confirm page: whatever is submitted under it becomes one order."""
    return secrets.token_hex(16)


def quote(
    wanted: Mapping[str, int],
    *,
    source: str,
    address: Address | None,
    user: Any = None,
    coupon: str = AUTO,
    window: str | None = None,
    at: datetime | None = None,
    key: str | None = None,
    standing: Standing | None = None,
    alone: bool = False,
) -> Quote:
    """Price sku_id -> quantity for this user at this moment, in one statement of the catalogue, one question for the offers and one for
    when it may come.

    `coupon` is "auto", "none" or the number of one; `window` the id of one, None for the earliest; `key` keeps the identity of an earlier quote;
    `standing` is the user's, where it is asked for anyhow; `alone`: of the windows nothing but this one is of interest.
    """
    found = catalogue().find(wanted)
    lines: list[QuoteLine] = []
    problems: list[str] = []
    possible: dict[str, int] = {}
    for sku_id, quantity in wanted.items():
        item = found.get(sku_id)
        if item is not None:
            check_served(item)
        if item is None or not item.on_sale:
            problems.append(
                _("“%(name)s” is no longer on sale.") % {"name": item.name}
                if item
                else _("Something in this order is no longer on sale.")
            )
            continue
        measure = measure_of(item)
        problems += at_the_door(item, quantity, measure, from_basket=source == BASKET)
        quantity = quantity if agrees(quantity, measure) else typed(measure.minimum, measure)
        lines.append(_line(item, quantity, measure))
        most = possible_of(item, quantity)
        if most > 0:
            possible[sku_id] = most
        if (most := min(item.limit or most_of(measure), most_of(measure))) < quantity:
            sentence = _("“%(name)s”: at most %(limit)s per order.")
            problems.append(sentence % {"name": item.name, "limit": counted(most, measure)})
        if item.available is not None and quantity > item.available:
            problems.append(shortage_text(item.name, typed(item.available, measure)))
    goods_total = sum((line.amount for line in lines), NOTHING)
    if goods_total > MOST:
        problems.append(_("This is too much for one order."))
    shipped = any(line.requires_shipping for line in lines)
    for sentence in too_long(address) if address and shipped else ():
        raise WrongShape(f"{ADDRESS_BOOK.where}: {sentence}")
    goods, at = [_goods(line) for line in lines], at or timezone.now()
    weight = sum(each.grams for each in goods)
    when = timing(address=address, grams=weight, at=at, sent=shipped, wanted=window, alone=alone)
    problems += [when.problem] if when.problem else []
    extras = extras_of(
        goods, user=user, coupon=coupon, sent=shipped, address=address, at=at, timing=when, standing=standing
    )
    return Quote(
        key=key or new_key(),
        source=source,
        lines=tuple(_with(line, extras) for line in lines),
        address_id=address.id if address and shipped else None,
        goods_total=goods_total,
        extras=extras,
        quantities=dict(wanted),
        possible=possible,
        problems=tuple(problems),
    )


def _goods(line: QuoteLine) -> Goods:
    by_weight, grams = estimated(line.measure), grams_of(line.quantity, line.measure)
    return Goods(line.sku_id, line.groups, line.unit_price, line.quantity, line.amount, measured=by_weight, grams=grams)


def _with(line: QuoteLine, extras: Extras) -> QuoteLine:
    found, kinds = extras.offered, Adjustment.Kind
    return replace(
        line,
        discount=found.sum_of(kinds.DISCOUNT, line.sku_id),
        fees=found.sum_of(kinds.FEE, line.sku_id),
        why=found.why(line.sku_id),
    )


def _line(item: Purchasable, quantity: int, measure: Measure) -> QuoteLine:
    name, unit, image_name = called(item)
    return QuoteLine(
        sku_id=item.sku_id,
        name=name,
        unit=unit,
        image_name=image_name,
        image_url=item.image_url,
        url=item.url,
        unit_price=item.unit_price,
        quantity=quantity,
        available=item.available,
        requires_shipping=item.requires_shipping,
        groups=groups_of(item),
        measure=Measured.of(measure),
    )
