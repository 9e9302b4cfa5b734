"""Writing the book of the money, in the transaction that learned of it: payments say what came in, refunds what went back."""

from decimal import Decimal
from typing import Any

from dailyfresh_core.pricing.amounts import NOTHING

from ...days import today
from ...models import Booking, Order, Payment, Refund

PAYING = (Payment.State.PAID, Payment.State.PART_REFUNDED)


def book_payment(payment: Payment, *, order: Order, received: Decimal, given_back: Decimal = NOTHING) -> None:
    """What a settled payment brought in beside what it had (`received` more), and what the gateway's own console gave back of it."""
    pays = bool(payment.paid_slot)
    if received:
        parts = parts_of(order, received) if pays else {}
        _write(Booking.Kind.SALE if pays else Booking.Kind.UNWANTED, payment, order=order, amount=received, **parts)
    if given_back:
        _write(Booking.Kind.REFUND if pays else Booking.Kind.RETURNED, payment, order=order, amount=-given_back)


def book_refund(refund: Refund, *, payment: Payment, order: Order) -> None:
    """A refund that the gateway carried out."""
    kind = Booking.Kind.REFUND if payment.paid_slot else Booking.Kind.RETURNED
    _write(kind, payment, order=order, refund=refund, amount=-refund.amount)


def book_delivery(order: Order) -> None:
    """An order that was paid to the courier: it counts now, not when it was placed."""
    paid = order.payable
    Booking.objects.create(
        day=today(),
        kind=Booking.Kind.SALE,
        gateway=order.payment_method,
        order=order,
        amount=paid,
        **parts_of(order, paid),
    )


def parts_of(order: Order, paid: Decimal) -> dict[str, Decimal]:
    """What the amount is made of; goods that weighed less than agreed are less goods."""
    rest = order.discount + order.fees + order.freight
    return {"goods": paid - rest, "discount": order.discount, "fees": order.fees, "freight": order.freight}


def _write(kind: str, payment: Payment, **columns: Any) -> None:
    Booking.objects.create(day=today(), kind=kind, gateway=payment.gateway, payment=payment, **columns)
