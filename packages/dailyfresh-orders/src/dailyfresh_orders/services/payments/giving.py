"""What was really given for an order: each line valued by it, the difference sent back, the stock put right. Once for an order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.pricing.measures import WEIGHT, amount, grams_of, measure_of
from dailyfresh_core.protocols import Purchasable
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...exceptions import IllegalTransition, NotGivable, RefundImpossible
from ...line_amounts import LAST, Fees, given_for, kept
from ...models import Adjustment, Message, Order, OrderLine, Refund, called
from ..locking import LockedOrder, lock_payments, lock_refunds
from ..messages.telling import tell
from ..shelving import correct_stock
from ..transitions import withdraw
from .differences import return_difference
from .refundable import fees_of, left_of

SOURCE = "orders:given"
"""Whose the adjustments are that a packed order comes with."""


@dataclass(frozen=True)
class Given:
    """What was packed of a line: pieces, or grams of what is sold by weight."""

    quantity: int
    grams: int | None = None
    """What pieces that are priced by weight weigh together."""
    back: int = 0
    """Of what was not packed, how much is still on the shelf and goes back into stock; the rest is written off."""


@dataclass(frozen=True)
class Instead:
    """Goods that are given in place of what a line lacks; they never cost more than what it gave free."""

    line: int
    item: Purchasable
    quantity: int
    grams: int | None = None


@dataclass(frozen=True)
class _Lines:
    """The lines of an order that is packed, before anything is written."""

    open: Mapping[int, int]
    """Primary key of the line -> how much of it was not refunded before."""
    fees: Mapping[int, Fees]
    lines: Mapping[int, OrderLine]


def open_of(lines: Iterable[OrderLine]) -> dict[int, int]:
    """Primary key of the line -> how much of it is to be packed: what was refunded before stays here."""
    return {
        line.pk: line.quantity - line.refunded for line in lines if line.main_slot and line.quantity > line.refunded
    }


def give(
    order: LockedOrder,
    given: Mapping[int, Given],
    *,
    instead: Sequence[Instead] = (),
    by: Any,
    before_stock: Callable[[], None] | None = None,
) -> Decimal:
    """Settle a locked order that is to be shipped by what was `given` (primary key of the line -> what was packed, of every open line).

    Gives what comes off what was agreed, from 0 on: lighter and short goes back, heavier costs no more, line by line, and goods in place
    of others cost at most what those gave free. What was paid goes back by one refund, written READY, whose number is fixed; what is paid
    on delivery is collected less. With nothing given at all the freight goes back too, and the order ends. Called again it changes nothing.
    `before_stock` is called once, when all but the stock is locked and written. Raises NotGivable, and IllegalTransition for an order that is not to be shipped or of which money is going back.
    """
    if order.settled_total is not None:
        return -order.less
    if order.state != Order.State.TO_SHIP:
        raise IllegalTransition(order, order.state, "packed")
    paid = next((each for each in lock_payments(order) if each.paid_slot), None)
    refunds = lock_refunds(paid) if paid else []
    if any(refund.state in Refund.OPEN and refund.kind != Refund.Kind.SETTLEMENT for refund in refunds):
        raise IllegalTransition(order, "being refunded", "packed")
    fees, stays = fees_of(order.pk)
    lines = {line.pk: line for line in order.lines.order_by("pk")}
    work = _Lines(_checked(lines, given), fees, lines)

    off = {pk: _settle(work, pk, what) for pk, what in given.items()}
    nothing = not instead and not any(what.quantity for what in given.values())
    put_in = [_substitute(order, work, each, off) for each in instead]
    back = sum(off.values(), NOTHING) - sum((line.payable for line in put_in), NOTHING)
    beside = NOTHING
    if nothing:
        everything = left_of(paid, refunds).due if paid else order.payable - stays
        beside = everything - back
    _adjust(order, lines, off, put_in, beside)
    order.settled_total, order.settled_at = order.payable - back - beside, timezone.now()
    order.save(update_fields=["settled_total", "settled_at"])
    if paid and back + beside > NOTHING:
        _send_back(order, back + beside)
    if not nothing:
        tell(Message.Event.PACKED, order=order)
    elif paid is None:
        withdraw(order, by=by, why="nothing of it could be given")
    if before_stock:
        before_stock()
    _put_stock_right(order, work, given, put_in)
    return back + beside


def _checked(lines: Mapping[int, OrderLine], given: Mapping[int, Given]) -> dict[int, int]:
    """What is open of every line; NotGivable where more pieces were packed than that, or a line was left out."""
    still = open_of(lines.values())
    if set(given) != set(still):
        raise NotGivable(_("Some of this order has not been picked yet."))
    for pk, what in given.items():
        by_weight = lines[pk].sold_by == WEIGHT
        if what.quantity < 0 or (what.quantity > still[pk] and not by_weight):
            raise NotGivable(_("There is more in the box than was ordered."))
    return still


def _settle(work: _Lines, pk: int, what: Given) -> Decimal:
    """Write what was given of a line; what comes off it, from 0 on."""
    line, fees = work.lines[pk], work.fees.get(pk, LAST)
    agreed = kept(line, work.open[pk], fees)
    line.given = line.refunded + what.quantity
    if what.grams is not None:
        line.actual_grams = what.grams + grams_of(line.refunded, line)
    line.settled = given_for(line, line.given, grams=line.actual_grams)
    line.save(update_fields=["given", "actual_grams", "settled"])
    return agreed - kept(line, what.quantity, fees)


def _substitute(order: LockedOrder, work: _Lines, each: Instead, off: Mapping[int, Decimal]) -> OrderLine:
    """Write a line for goods in place of others, at their own price, and never dearer than what those gave free."""
    item, measure = each.item, measure_of(each.item)
    own = amount(item.unit_price, each.quantity, measure, grams=each.grams)
    put_in = OrderLine.objects.filter(substitutes=each.line)
    free = off[each.line] - sum((line.payable for line in put_in), NOTHING)
    name, unit, image_name = called(item)
    return OrderLine.objects.create(
        order=order,
        substitutes=work.lines[each.line],
        main_slot=None,
        sku_id=item.sku_id,
        name=name,
        unit=unit,
        image_name=image_name,
        unit_price=item.unit_price,
        quantity=each.quantity,
        sold_by=measure.sold_by,
        priced_by=measure.priced_by,
        price_grams=measure.price_grams,
        nominal_grams=measure.nominal_grams,
        actual_grams=each.grams,
        counted=item.available is not None,
        amount=own,
        discount=min(own, free) - own,
    )


def _adjust(
    order: Order,
    lines: Mapping[int, OrderLine],
    off: Mapping[int, Decimal],
    put_in: Iterable[OrderLine],
    beside: Decimal,
) -> None:
    """A row for each line that became another sum than was agreed, and one for what goes back beside the goods."""
    sums: list[tuple[OrderLine | None, Decimal]] = [(lines[pk], -less) for pk, less in off.items()]
    sums += [(line, line.payable) for line in put_in]
    sums.append((None, -beside))
    Adjustment.objects.bulk_create(
        Adjustment(
            order=order,
            line=line,
            kind=Adjustment.Kind.SETTLEMENT,
            source=SOURCE,
            label=str(Adjustment.Kind.SETTLEMENT.label),
            amount=amount,
            returns=Adjustment.Returns.SHARE,
        )
        for line, amount in sums
        if amount
    )


def _send_back(order: LockedOrder, amount: Decimal) -> None:
    try:
        return_difference(order, amount, key="settle", reason=gettext_lazy("Given less than agreed"))
    except RefundImpossible as error:
        raise NotGivable(str(error)) from error


def _put_stock_right(order: LockedOrder, work: _Lines, given: Mapping[int, Given], put_in: Sequence[OrderLine]) -> None:
    """What is still on the shelf goes back; what was packed beyond what was ordered, and in place of it, is taken."""
    back: dict[str, int] = {}
    more: dict[str, int] = {}
    for pk, what in given.items():
        line = work.lines[pk]
        if not line.counted:
            continue
        back[line.sku_id] = max(0, min(what.back, work.open[pk] - what.quantity))
        more[line.sku_id] = max(0, what.quantity - work.open[pk])
    instead: dict[str, int] = {}
    for line in put_in:
        if line.counted:
            instead[line.sku_id] = instead.get(line.sku_id, 0) + line.quantity
    correct_stock(order, back=back, more=more, instead=instead)
