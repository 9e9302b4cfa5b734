"""What of a paid order can still be refunded: money, and pieces of its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.pricing.money import shown
from django.utils.translation import gettext as _

from ...exceptions import RefundImpossible
from ...gateways import by_hand
from ...gateways.base import BadAmount, written
from ...line_amounts import LAST, Fees, returned
from ...models import Adjustment, Order, OrderLine, Payment, Refund, RefundLine
from ..locking import LockedOrder, LockedPayment, lock_refunds

COUNTED = (Refund.State.READY, Refund.State.SENT, Refund.State.DONE)
"""States in which the money is gone or on its way; a request that is not decided yet reserves nothing."""
REFUNDABLE = (Payment.State.PAID, Payment.State.PART_REFUNDED)
COLLECTED = (Order.State.RECEIVED, Order.State.DONE)
"""States in which a cash-on-delivery order has been paid to the courier."""


@dataclass(frozen=True)
class Refundable:
    """What of a paid order can still be refunded."""

    payment: Payment
    money: Decimal
    pieces: Mapping[int, int]
    """Primary key of the order line -> pieces that were given and not refunded yet."""
    lines: Mapping[int, OrderLine]
    refunds: Sequence[Refund]
    fees: Mapping[int, Fees]
    """Primary key of the order line -> how its fees come back, of lines with such as do not all come back with the last piece."""
    stays: Decimal = NOTHING
    """Of the money, what never comes back by itself; staff may write an amount that takes it in."""

    @property
    def due(self) -> Decimal:
        """What goes back with all that is left."""
        return max(self.money - self.stays, NOTHING)

    def worth(self, pk: int, quantity: int) -> Decimal:
        """What these pieces of a line had cost: what of the line is kept now, less what is kept without them."""
        return returned(self.lines[pk], self.pieces[pk], quantity, self.fees.get(pk, LAST))

    def worth_of_all(self, pk: int) -> Decimal:
        """What all that is left of a line had cost."""
        return self.worth(pk, self.pieces[pk])


def refundable_of(order: Order) -> Refundable | None:
    """What can still be refunded, for pages; the services look again under lock."""
    payment = Payment.objects.filter(order=order, paid_slot=1).first() or _collected(order)
    return left_of(payment, list(Refund.objects.filter(payment_id=payment.pk))) if payment else None


def lock_refundable(order: LockedOrder, payments: Sequence[LockedPayment]) -> Refundable:
    """What of a locked order can be refunded now, its refunds locked too; RefundImpossible says why nothing can."""
    paid = next((each for each in payments if each.paid_slot), None) or _collected(order)
    payment = LockedPayment(paid) if paid else None  # a new one nobody else can have
    if payment is None or payment.state not in REFUNDABLE:
        raise RefundImpossible(_("Nothing was paid for this order that could be refunded."))
    if not payment.refundable:
        raise RefundImpossible(_("The time in which this payment can be refunded online is over."))
    if payment._state.adding:
        payment.save()
    return left_of(payment, lock_refunds(payment))


def _collected(order: Order) -> Payment | None:
    """The payment of a cash-on-delivery order that has arrived: saved when money goes back for the first time."""
    if not by_hand(order.payment_method) or order.state not in COLLECTED:
        return None
    return Payment(
        order=order,
        gateway=order.payment_method,
        attempt=0,  # it was never begun, and the order may have had others
        out_trade_no=f"{order.number}_cash",
        amount=order.payable,
        currency=order.currency,
        subject=order.number,
        state=Payment.State.PAID,
        paid_slot=1,
        received=order.payable,
        paid_at=order.received_at,
    )


def left_of(payment: Payment, refunds: Sequence[Refund]) -> Refundable:
    counted = [refund for refund in refunds if refund.state in COUNTED]
    ours = sum((refund.amount for refund in counted), NOTHING)
    known_there = sum((refund.amount for refund in counted if refund.state != Refund.State.READY), NOTHING)
    elsewhere = max(payment.refunded_there - known_there, NOTHING)
    taken: dict[int, int] = {}
    for line in RefundLine.objects.filter(refund__in=[refund.pk for refund in counted]):
        taken[line.order_line_id] = taken.get(line.order_line_id, 0) + line.quantity
    lines = OrderLine.objects.filter(order=payment.order_id).order_by("pk").in_bulk()
    pieces = {pk: line.whole - taken.get(pk, 0) for pk, line in lines.items()}
    fees, stays = fees_of(payment.order_id)
    return Refundable(payment, max(payment.received - ours - elsewhere, NOTHING), pieces, lines, refunds, fees, stays)


def fees_of(order_id: int) -> tuple[dict[int, Fees], Decimal]:
    """How the fees of lines come back that do so piece by piece or never, and the sum of what never does; hardly any order has some."""
    kinds, how = Adjustment.Kind, Adjustment.Returns
    rows = Adjustment.objects.filter(order=order_id, kind=kinds.FEE).exclude(returns=how.LAST)
    sums: dict[int, dict[str, Decimal]] = {}
    stays = NOTHING
    for line_id, returns, amount in rows.values_list("line", "returns", "amount"):
        if returns == how.NEVER:
            stays += amount
        if line_id is not None:
            of_line = sums.setdefault(line_id, {})
            of_line[returns] = of_line.get(returns, NOTHING) + amount
    fees = {pk: Fees(each.get(how.SHARE, NOTHING), each.get(how.NEVER, NOTHING)) for pk, each in sums.items()}
    return fees, stays


def pieces_of(left: Refundable, lines: Mapping[int, int] | None) -> dict[int, int]:
    """The pieces that a refund takes; RefundImpossible for other people's lines and for more than is left."""
    if lines is None:
        return {pk: left for pk, left in left.pieces.items() if left}
    for pk, quantity in lines.items():
        if quantity < 1 or quantity > left.pieces.get(pk, 0):
            raise RefundImpossible(_("There are not so many pieces left to refund."))
    return dict(lines)


def worth_of(left: Refundable, pieces: Mapping[int, int]) -> dict[int, Decimal]:
    """Primary key of the line -> what its pieces had cost."""
    return {pk: left.worth(pk, quantity) for pk, quantity in pieces.items()}


def due_for(order: Order, left: Refundable, pieces: Mapping[int, int], worth: Mapping[int, Decimal]) -> Decimal:
    """The money that goes back with these pieces. With the last of an order that was not sent yet the freight goes back too, and packing."""
    nothing_left = not any(quantity - pieces.get(pk, 0) for pk, quantity in left.pieces.items())
    unsent = order.state == Order.State.TO_SHIP
    return left.due if unsent and pieces and nothing_left else min(sum(worth.values(), NOTHING), left.money)


def check_amount(amount: Decimal, left: Refundable) -> None:
    try:
        written(amount)
    except BadAmount as error:
        raise RefundImpossible(_("This is no amount that can be refunded.")) from error
    if amount > left.money:
        raise RefundImpossible(_("At most %(money)s can still be refunded.") % {"money": shown(left.money)})
