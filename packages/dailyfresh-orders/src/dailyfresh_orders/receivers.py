"""Wakes the drains: after a step whose rest is somebody's work, without waiting for beat."""

from typing import Any

from dailyfresh_core.background.waking import wake, wake_on

from .conf import conf
from .models import Order
from .services import make_payments_due
from .signals import messages_waiting, order_moved, pictures_sent, refund_ready
from .tasks import drain_cancellations, drain_messages, drain_pictures, drain_refunds


def connect() -> None:
    order_moved.connect(_on_moved, dispatch_uid="dailyfresh_orders.moved")
    wake_on(refund_ready, drain_refunds, conf, uid="dailyfresh_orders.refund_ready")
    wake_on(messages_waiting, drain_messages, conf, uid="dailyfresh_orders.messages_waiting")
    wake_on(pictures_sent, drain_pictures, conf, uid="dailyfresh_orders.pictures_sent")


def _on_moved(order_id: int, became: str, **kwargs: Any) -> None:
    """An order that is being cancelled waits for the gateway to close its payment."""
    if became == Order.State.CANCELLING:
        make_payments_due(order_id=order_id)
        wake(drain_cancellations, tasks=conf.TASKS)
