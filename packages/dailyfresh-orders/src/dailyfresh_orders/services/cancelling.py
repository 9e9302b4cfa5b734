"""Stopping unpaid orders, by the buyer or by the clock."""

from typing import Any

from dailyfresh_core.background.outbox import work_off
from django.utils import timezone

from ..exceptions import IllegalTransition
from ..models import Order
from .locking import LockedOrder, step
from .transitions import finish, finish_cancel, may_have_money, receive, request_cancel, withdraw

CLOCK = "clock"
"""Who the log names when time passed."""


@step
def cancel_order(order: LockedOrder, *, by: Any, why: str = "") -> None:
    """Cancel an unpaid order: at once when no payment was begun, otherwise when the gateway has closed it.

    One to be paid on delivery can be cancelled until it is shipped. Raises IllegalTransition once it is paid or sent.
    `start_payment` locks the order first, so none can begin meanwhile.
    """
    if order.state == Order.State.TO_SHIP:
        withdraw(order, by=by, why=why)
        return
    request_cancel(order, by=by, why=why)
    if not order.payments.exists():
        finish_cancel(order, by=by, why=why)


def open_steps(order: Order) -> list[str]:
    """What staff may do with it now that needs no form: "cancel", "receive"."""
    unpaid = order.state == Order.State.TO_SHIP and order.paid_at is None and not may_have_money(order)
    if order.state == Order.State.AWAITING_PAYMENT or unpaid:
        return ["cancel"]
    return ["receive"] if order.state == Order.State.SHIPPED else []


def pass_time(*, seconds: float = 20.0, at_most: int = 500) -> int:
    """Move every order whose time has come, each in a transaction of its own; gives how many.

    Unpaid orders are cancelled, shipped ones count as received, received ones as done. Several workers may do this at once: the step itself
    locks the order and reads its state, so one of them moves it and the others find it moved. Begins nothing new after `seconds`.
    """

    def move(order: Order) -> bool:
        try:
            _STEPS[Order.State(order.state)](order)
        except IllegalTransition:
            return False  # the buyer, the gateway or another worker was faster
        return True

    # In random order those that fail for ever cannot gather in front of the others, and none stands for another.
    due = Order.objects.filter(state__in=_STEPS, due_at__lte=timezone.now()).order_by("?")
    return work_off(due[:at_most], move, seconds=seconds, lane=lambda order: order.pk).done


_STEPS = {
    Order.State.AWAITING_PAYMENT: lambda order: cancel_order(order.pk, by=CLOCK, why="not paid in time"),
    Order.State.SHIPPED: lambda order: receive(order.pk, by=CLOCK, why="not confirmed in time"),
    Order.State.RECEIVED: lambda order: finish(order.pk, by=CLOCK, why="not reviewed in time"),
}
