"""While somebody packs an order, nothing else happens to it: it is not sent half packed, and no money goes back for what may be short."""

from typing import Any

from django.utils.translation import gettext as _

from ..models import Order
from ..signals import order_asked
from .models import Picking


def connect() -> None:
    order_asked.connect(_being_packed, dispatch_uid="dailyfresh_fulfilment.being_packed")


def _being_packed(order: Order, **kwargs: Any) -> str | None:
    picking = Picking.objects.filter(order=order, state=Picking.State.PICKING)
    return _("This order is being packed right now.") if picking.exists() else None
