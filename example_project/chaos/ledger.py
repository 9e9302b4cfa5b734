"""What a day came to: everything that is owed is done, then every gram, place and fen is accounted for."""

from collections import Counter
from decimal import Decimal
from typing import Any

from dailyfresh_delivery.models import Reservation, Slot
from dailyfresh_delivery.services import disagreements as slots_out_of_step
from dailyfresh_goods.models import SKU
from dailyfresh_orders.fulfilment.batches import out_of_step
from dailyfresh_orders.fulfilment.models import Batch, Picking
from dailyfresh_orders.fulfilment.picking_lists import waiting
from dailyfresh_orders.gateways import gateway
from dailyfresh_orders.models import Order, OrderLine, OrderLog, Payment, Refund
from dailyfresh_orders.services import disagreements
from django.contrib.auth import get_user_model
from django.db.models import F, Sum

from .people import deliver, owed, pack
from .till import Till

NOTHING = Decimal("0.00")


def finish_everything() -> None:
    """What pickers and drains left when the day was over; undecided requests stay with staff."""
    by, skus = get_user_model().objects.get(is_superuser=True), list(SKU.objects.all())
    for order in waiting():
        pack(order, by, skus)
    for picking in Picking.objects.filter(state="done", order__state="to_ship").select_related("order"):
        if any(line.whole for line in picking.order.lines.all()):
            deliver(picking.order)
    for _turn in range(400):
        Refund.objects.update(sent_at=None)  # the till needs no pause between two refunds
        if not owed() and not Refund.objects.filter(state__in=("ready", "sent")).exists():
            return


def what_was() -> dict[str, Any]:
    """The day in numbers."""
    short = OrderLine.objects.filter(main_slot=1, given__lt=F("quantity"), sold_by="piece")
    return {
        "orders": Order.objects.count(),
        "by_state": dict(Counter(Order.objects.values_list("state", flat=True))),
        "packed": Picking.objects.filter(state="done").count(),
        "lines": OrderLine.objects.filter(main_slot=1).count(),
        "short_lines_of_pieces": short.count(),
        "substitutes": OrderLine.objects.filter(main_slot=None).count(),
        "settlements": Refund.objects.filter(kind="settlement").count(),
        "moved": OrderLog.objects.filter(why__contains=" → ").count(),
        "moved_back": Refund.objects.filter(out_request_no__contains="_move").count(),
        "settled_back": sum(Refund.objects.filter(kind="settlement").values_list("amount", flat=True), NOTHING),
        "returns": Refund.objects.filter(kind="buyer").count(),
        "received": Payment.objects.filter(gateway="till").aggregate(n=Sum("received"))["n"],
        "windows": [f"{slot} {slot.taken}/{slot.capacity}" for slot in Slot.objects.filter(taken__gt=0)],
    }


def what_is_wrong() -> list[str]:
    """A sentence for everything that does not add up."""
    return [*_orders(), *_places(), *_goods(), *_money()]


def _orders() -> list[str]:
    found = [f"order {order}: {why}" for order in Order.objects.all() for why in disagreements(order)]
    unsettled = Order.objects.filter(picking__state="done", settled_total=None)
    open_boxes = Order.objects.filter(picking__state="picking").exclude(state="cancelled")
    return [
        *found,
        *(f"order {order} is packed and not settled" for order in unsettled),
        *(f"order {order} is {order.state} and its box is open" for order in open_boxes),
    ]


def _places() -> list[str]:
    over = Slot.objects.filter(taken__gt=F("capacity"))
    held = dict(Reservation.objects.filter(released_at=None).values_list("reference", "slot_id"))
    said = dict(Order.objects.exclude(state="cancelled").values_list("number", "window"))
    sent_back = set(Order.objects.filter(state="closed").values_list("number", flat=True))  # before it left, or after
    elsewhere = [one for one in said if said[one] != str(held.get(one, said[one] if one in sent_back else ""))]
    return [
        *(f"window {slot} holds {slot.taken} of {slot.capacity}" for slot in over),
        *map(str, slots_out_of_step()),
        *(f"order {one} is to come in {said[one]} and has its place in {held.get(one)}" for one in elsewhere),
        *(f"order {one} is over and has a place" for one in held.keys() - said.keys()),
    ]


def _goods() -> list[str]:
    """What came in is what is left, what is with buyers, and what was written off; by stock and by batches."""
    wrong = [f"SKU {sku}: batches hold {have} for {should}" for sku, have, should in out_of_step()]
    for sku in SKU.objects.all():
        name = str(sku.pk)
        came = Batch.objects.filter(sku_id=name).aggregate(n=Sum("received"))["n"]
        taken = 0
        for line in OrderLine.objects.filter(sku_id=name).exclude(order__state="cancelled", order__settled_at=None):
            gone = 0
            if line.main_slot and line.given is not None:
                last = line.picks.filter(sku_id="").order_by("pk").last()
                gone = max(0, line.quantity - line.given) if last and last.gone else 0
            taken += line.whole - line.restocked + gone
        if came != sku.stock + taken:
            wrong.append(f"SKU {sku}: {came} came in, {sku.stock} are left and {taken} went out")
    return wrong


def _money() -> list[str]:
    wrong = []
    till = gateway("till")
    assert isinstance(till, Till)
    paid_out: dict[str, dict[str, Decimal]] = {}
    for trade, number, amount in till.said():
        if paid_out.setdefault(trade, {}).setdefault(number, amount) != amount:
            wrong.append(f"refund {number} was asked for with two amounts")
    for payment in Payment.objects.filter(gateway="till").select_related("order"):
        there = sum(paid_out.get(payment.out_trade_no, {}).values(), NOTHING)
        if there != payment.refunded:
            wrong.append(f"payment {payment}: {payment.refunded} refunded, and the till gave {there}")
        refunds = payment.refunds.filter(state="done")
        if payment.paid_slot:
            kept = payment.received - payment.refunded
            returned = sum(refunds.exclude(kind="settlement").values_list("amount", flat=True), NOTHING)
            if payment.order.settled_total is not None and kept != payment.order.payable - returned:
                wrong.append(f"payment {payment}: {kept} kept for an order of {payment.order.payable}")
            settled = refunds.filter(kind="settlement", out_request_no__endswith="_settle").count()
            if settled != (payment.order.less < 0):
                wrong.append(f"payment {payment}: settled {settled} times")
    return wrong
