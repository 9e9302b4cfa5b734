"""Another way to pay an order that is placed and not paid."""

from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from ...checkout.standing import Standing
from ...conf import conf
from ...exceptions import NotPayable, Overtaken
from ...gateways import PaymentGateway, configured, gateway
from ...models import Order, Payment
from ..holding import places_left
from ..limits import check_held, check_on_delivery, check_place, in_turn, payable_by
from ..locking import LockedOrder, lock_payments, step
from ..shelving import hold_still
from ..transitions import send_unpaid


def other_ways(order: Order) -> list[PaymentGateway]:
    """The gateways that could take this order in place of the one that it names; none once it is paid, over or disputed."""
    if order.state != Order.State.AWAITING_PAYMENT or order.overdue:
        return []
    return [way for way in configured() if way.code != order.payment_method and _takes(way, order)]


def _takes(way: PaymentGateway, order: Order) -> bool:
    return payable_by(way, order) and (not way.online or order.currency in way.currencies)


@in_turn
@step
def change_payment(order: LockedOrder, *, code: str, by: Any) -> None:
    """Have an unpaid order paid through gateway `code`; paid on delivery, it is to be shipped from now on.

    A payment page that was opened before stays open: money that arrives there after all pays the order while it waits for a payment, and
    goes back by itself once it is paid on delivery. What it holds is locked before anything is read: of two orders at the same instant the
    second sees what the first holds. Raises NotPayable, UnknownGateway and TooMuchOpen.
    """
    way = gateway(code)
    payments = lock_payments(order)
    if way not in other_ways(order) or any(
        each.state not in (Payment.State.PENDING, Payment.State.CLOSED) for each in payments
    ):
        raise NotPayable(f"{order} is {order.state}, and cannot be paid through {code} now")
    if way.online:
        Order.objects.filter(pk=order.pk).update(payment_method=code)
        return
    lines = list(order.lines.select_for_update())  # a plain read would fix what is seen before the locks
    if conf.HELD_SHARE is not None:
        places_left(order)
        hold_still(lines)
    standing = Standing(order.user)
    check_on_delivery(standing, total=order.payable)
    why = f"paid through {code} in place of {order.payment_method}"
    try:
        send_unpaid(order, by=by, why=why, payment_method=code, turn=standing.turn)
    except IntegrityError as error:
        raise Overtaken from error
    check_place(order)
    check_held(order, lines)
    Payment.objects.filter(order=order, state=Payment.State.PENDING).update(ask_again_at=timezone.now())
