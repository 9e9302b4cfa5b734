"""The order in which rows are locked, as code: whoever locks takes what must be locked before it.

The order, its payments, a payment's refunds; what the promotions and then the delivery hold for it; the rows of the stock last, in the order of their keys (`stock.base`). A review stands alone.
Locking is the first thing in a transaction: under REPEATABLE READ an earlier plain read would fix a snapshot, and what is read beside the
locked rows would be old.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, NewType, ParamSpec, TypeVar

from dailyfresh_core.db.retrying import retried
from django.db import transaction
from django.db.models import QuerySet

from ..models import Order, Payment, Refund, Review

P = ParamSpec("P")
R = TypeVar("R")

LockedOrder = NewType("LockedOrder", Order)
LockedPayment = NewType("LockedPayment", Payment)


def lock_order(order_id: int) -> LockedOrder:
    return LockedOrder(Order.objects.select_for_update().get(pk=order_id))


def lock_orders(orders: "QuerySet[Order]") -> None:
    """Several orders at once, in the order of their keys."""
    list(orders.select_for_update().order_by("pk").values_list("pk"))


def lock_payments(order: LockedOrder) -> list[LockedPayment]:
    """All payments of the order, oldest first."""
    return [LockedPayment(each) for each in order.payments.select_for_update().order_by("pk")]


def lock_refunds(payment: LockedPayment) -> list[Refund]:
    """All refunds of the payment, oldest first."""
    return list(payment.refunds.select_for_update().order_by("pk"))


@dataclass(frozen=True)
class LockedRefund:
    """A refund, and what is locked before it."""

    order: LockedOrder
    payments: list[LockedPayment]
    payment: LockedPayment
    refund: Refund


def lock_refund(refund_id: int, *, order_id: int) -> LockedRefund:
    """One refund of this order."""
    order = lock_order(order_id)
    payments = lock_payments(order)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    payment = next(each for each in payments if each.pk == refund.payment_id)
    return LockedRefund(order, payments, payment, refund)


def lock_review(review_id: int) -> Review:
    return Review.objects.select_for_update().get(pk=review_id)


def step(write: Callable[Concatenate[LockedOrder, P], R]) -> Callable[Concatenate[int | LockedOrder, P], R]:
    """A write over a locked order that is also called with the order's id: in a transaction of its own then, run again if it lost a race."""

    @retried
    @transaction.atomic
    @wraps(write)
    def begun(order_id: int, *args: P.args, **kwargs: P.kwargs) -> R:
        return write(lock_order(order_id), *args, **kwargs)

    @wraps(write)
    def call(order: int | LockedOrder, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return begun(order, *args, **kwargs) if isinstance(order, int) else write(order, *args, **kwargs)

    return call


def decision(write: Callable[Concatenate[LockedRefund, P], R]) -> Callable[Concatenate[Refund, P], R]:
    """A decision about a refund, over the locked one: in a durable transaction of its own, run again if it lost a race."""

    @retried
    @transaction.atomic(durable=True)
    def begun(refund_id: int, order_id: int, *args: P.args, **kwargs: P.kwargs) -> R:
        return write(lock_refund(refund_id, order_id=order_id), *args, **kwargs)

    @wraps(write)
    def call(refund: Refund, /, *args: P.args, **kwargs: P.kwargs) -> R:
        order_id = Payment.objects.values_list("order_id", flat=True).get(pk=refund.payment_id)
        return begun(refund.pk, order_id, *args, **kwargs)

    return call
