"""Who lives a day of the store: buyers, pickers, couriers, and the clock."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from dailyfresh_core.db.retrying import Busy, retried
from dailyfresh_core.pricing.measures import Grams
from dailyfresh_delivery.models import Holiday, Slot, Zone
from dailyfresh_delivery.services import close, reopen
from dailyfresh_goods.models import SKU
from dailyfresh_orders.checkout.quotes import BUY, quote
from dailyfresh_orders.checkout.signed_quotes import signed
from dailyfresh_orders.days import today
from dailyfresh_orders.exceptions import OrderError
from dailyfresh_orders.fulfilment.models import Picking
from dailyfresh_orders.fulfilment.picking_lists import waiting
from dailyfresh_orders.fulfilment.services import finish_picking, pick
from dailyfresh_orders.gateways.base import Observation, TradeState
from dailyfresh_orders.models import Order, Payment, Refund
from dailyfresh_orders.services import (
    approve_refund,
    finish_cancellations,
    moves_of,
    open_of,
    pass_time,
    place_order,
    receive,
    request_refund,
    reschedule,
    settle,
    ship,
    start_payment,
    sweep,
    sweep_refunds,
)
from dailyfresh_users.addresses import AddressBook
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

dice = random.Random()  # noqa: S311


class Moment(Protocol):
    """When the day ends, without a lock that a killed process would keep: earlier than it was to, once enough was ordered."""

    value: float


def buyer(*, until: Moment) -> None:
    """Orders, and pays most of it."""
    people = list(get_user_model().objects.filter(is_superuser=False))
    skus = list(SKU.objects.all())
    while time.time() < until.value:
        with suppress(OrderError, Busy):
            _order(dice.choice(people), skus)


def _order(user: Any, skus: list[SKU]) -> None:
    address = AddressBook().choices(user)[0]
    wanted = {
        str(sku.pk): Grams(50 * dice.randint(4, 24)) if sku.sold_by == "weight" else dice.randint(1, 3)
        for sku in dice.sample(skus, dice.randint(1, 5))
    }
    now = quote(wanted, source=BUY, address=address, user=user)
    tomorrow = [each for each in now.timing.windows if each.open and each.starts.date() > today()][:3]
    if not tomorrow:
        return
    window = dice.choice(tomorrow).id
    now = quote(wanted, source=BUY, address=address, user=user, window=window)
    how = "till" if dice.random() < 0.7 else "cod"
    wish = dice.choice(["refund", "call", "choose"])
    token = signed(now, user=user)
    order = place_order(
        user=user, token=token, address_id=address.id, payment_method=how, wish=wish, window=window
    ).order
    if how == "cod":
        return
    if dice.random() < 0.08:  # never paid: its time is over soon
        past = timezone.now() - timedelta(seconds=1)
        Order.objects.filter(pk=order.pk, state=Order.State.AWAITING_PAYMENT).update(expires_at=past, due_at=past)
        return
    start_payment(order=order, code="till", return_url="", notify_url="")
    payment = Payment.objects.get(order=order)
    seen = Observation(out_trade_no=payment.out_trade_no, state=TradeState.PAID, amount=payment.amount, source="notify")
    for _twice in range(dice.choice([1, 1, 2])):
        settle(seen, code="till")


def picker(*, until: Moment) -> None:
    """Packs whatever waits: 5 % of the lines short, half of these with something else in their place, weights a little off."""
    by, skus = get_user_model().objects.get(is_superuser=True), list(SKU.objects.all())
    while time.time() < until.value:
        orders = list(waiting()[:40])
        if not orders:
            time.sleep(0.2)
            continue
        order = dice.choice(orders)
        with suppress(OrderError, Busy):
            pack(order, by, skus)


def pack(order: Order, by: Any, skus: list[SKU]) -> None:
    """One box."""
    for line in order.lines.filter(main_slot=1):
        wanted = open_of([line]).get(line.pk, 0)
        if not wanted:
            continue
        short = dice.random() < 0.1
        quantity = dice.randint(0, wanted - 1) if short else wanted
        if line.sold_by == "weight" and not short:
            quantity = round(wanted * dice.uniform(0.94, 1.04))
        key = f"{line.pk}-{dice.getrandbits(60):x}"
        for _twice in range(dice.choice([1, 1, 2])):
            pick(order_id=order.pk, line_id=line.pk, key=key, by=by, quantity=quantity, gone=short)
        if short and order.wish != Order.Wish.REFUND and dice.random() < 0.5:
            other = dice.choice([each for each in skus if each.sold_by == "piece"])
            more = {"key": f"{key}-i", "quantity": 1, "sku_id": str(other.pk)}
            pick(order_id=order.pk, line_id=line.pk, by=by, **more)
    finish_picking(order.pk, by=by)


def courier(*, until: Moment) -> None:
    """Sends what is packed; most of it arrives, 3 % comes bad."""
    while time.time() < until.value:
        for picking in Picking.objects.filter(state="done", order__state="to_ship").select_related("order")[:10]:
            with suppress(OrderError, Busy):
                deliver(picking.order)
        time.sleep(0.2)


def deliver(order: Order) -> None:
    ship(order.pk, carrier="van", tracking_number="", by="courier")
    receive(order.pk, by="buyer")
    lines = [line for line in order.lines.all() if line.whole]
    if lines and dice.random() < 0.05:
        line = dice.choice(lines)
        order.refresh_from_db()
        refund = request_refund(
            order=order, by=order.user, key=f"{dice.getrandbits(60):x}"[:12].ljust(12, "0"), lines={line.pk: 1}
        )
        if dice.random() < 0.7:
            approve_refund(refund, by=None)


def clock(*, until: Moment) -> None:
    """What the drains do; a cut-off passes, a holiday is added, and refunds go to the till."""
    once = True
    while time.time() < until.value:
        owed()
        if once and time.time() > until.value - 25:
            once = False
            zone = Zone.objects.order_by("pk").last()
            Holiday.objects.create(date=today() + timedelta(days=1), zone=zone)
            first = Slot.objects.filter(date=today() + timedelta(days=1)).order_by("pk").first()
            Slot.objects.filter(pk=first.pk).update(cut_off_at=timezone.now())
        time.sleep(0.3)


def owed() -> int:
    """One turn of every drain."""
    done = pass_time() + finish_cancellations().done
    sweep()
    _hurry()
    return done + sweep_refunds().done


@retried
@transaction.atomic
def _hurry() -> None:
    """What was sent to the till is asked about at once."""
    Refund.objects.filter(state="sent", try_at__gt=timezone.now()).update(try_at=timezone.now())


def mover(*, until: Moment) -> None:
    """Has orders come at another time, as their buyers and as staff, who close a window for a moment now and then."""
    while time.time() < until.value:
        if dice.random() < 0.1:
            shut = Slot.objects.filter(pk=dice.choice(list(Slot.objects.values_list("pk", flat=True))))
            close(shut)
            time.sleep(0.2)
            reopen(shut)
        alive = Order.objects.filter(state__in=("awaiting_payment", "to_ship")).values_list("pk", flat=True)[:300]
        if not alive:
            time.sleep(0.2)
            continue
        with suppress(OrderError, Busy):
            move(Order.objects.get(pk=dice.choice(list(alive))))


def move(order: Order) -> None:
    there = [each.id for each in moves_of(order, at=timezone.now()).timing.windows if each.open][:6]
    if there:
        by_staff = dice.random() < 0.5
        reschedule(
            order_id=order.pk, window=dice.choice(there), by="staff" if by_staff else order.user, by_staff=by_staff
        )


PEOPLE: list[Callable[..., None]] = [buyer, picker, buyer, courier, buyer, picker, mover, clock]
