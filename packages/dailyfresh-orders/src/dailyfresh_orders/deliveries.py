"""What a delivery asks of the orders: who gets what is in a window, and to have one come in another window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.pricing.amounts import NOTHING
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from .exceptions import NotMovable
from .models import Order
from .services import reschedule


@dataclass(frozen=True)
class Carried:
    """An order as whoever packs and brings it reads it."""

    receiver: str
    phone: str
    address: str
    note: str
    state: str
    collect: Decimal
    """What is to be collected at the door."""
    url: str


class Orders:
    """The orders by their numbers, for staff's pages of a delivery."""

    def find(self, references: Sequence[str]) -> Mapping[str, Carried]:
        """Number -> order, in one statement; numbers of none are absent."""
        return {order.number: _carried(order) for order in Order.objects.filter(number__in=list(references))}

    def move(self, reference: str, window: str, *, by: Any) -> str:
        """Have an order come in another window; gives "", or why it stays where it is."""
        order_id = Order.objects.filter(number=reference).values_list("pk", flat=True).first()
        if order_id is None:
            return _("There is no such order.")
        try:
            reschedule(order_id=order_id, window=window, by=by, by_staff=True)
        except NotMovable as error:
            return str(error)
        except Busy:
            return _("The shop is very busy. Please try again.")
        return ""


def _carried(order: Order) -> Carried:
    on_delivery = order.paid_at is None and order.state in (Order.State.TO_SHIP, Order.State.SHIPPED)
    return Carried(
        receiver=order.receiver,
        phone=order.phone,
        address=order.place or order.address,
        note=order.note,
        state=str(order.get_state_display()),
        collect=order.payable if on_delivery else NOTHING,
        url=_url(order),
    )


def _url(order: Order) -> str:
    try:
        return reverse("admin:dailyfresh_orders_order_change", args=[order.pk])
    except NoReverseMatch:  # a site without the admin
        return ""
