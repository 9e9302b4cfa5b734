"""Pickers who do the same at one instant, in processes of their own, on a real MariaDB or PostgreSQL: `python racing_fulfilment.py <scenario>`."""

import json
import os
import sys
from datetime import timedelta
from decimal import Decimal

import django

BOUGHT = 4


def prepare(stock=1000, *, paid=True, orders=1):
    """`orders` orders of four pieces at 20.00 each, paid at a gateway or to be paid to the courier; a second thing to give in their place."""
    from dailyfresh_orders.models import Order
    from minisite.shop.models import Product
    from racing_offers import prepare as fresh

    users = fresh(1000)
    Product.objects.create(pk=2, title="other", yuan="18.00", pieces=stock)
    made = [bought(users[n], paid=paid) for n in range(orders)]
    Order.objects.update(wish="choose")
    return made


def bought(user, *, paid):
    from dailyfresh_orders.checkout.quotes import quote
    from dailyfresh_orders.checkout.signed_quotes import signed
    from dailyfresh_orders.gateways.base import Observation, TradeState
    from dailyfresh_orders.models import Payment
    from dailyfresh_orders.services import place_order, settle, start_payment
    from racing_offers import address_of

    token = signed(quote({"1": BOUGHT}, source="buy", address=address_of(user)), user=user)
    how = {"address_id": address_of(user).id, "payment_method": "voucher" if paid else "cod"}
    order = place_order(user=user, token=token, **how).order
    if paid:
        start_payment(order=order, code="voucher", return_url="", notify_url="")
        number = Payment.objects.get(order=order).out_trade_no
        seen = Observation(out_trade_no=number, state=TradeState.PAID, amount=order.total, source="notify")
        settle(seen, code="voucher")
    return order


def picked(order, quantity, *, instead=0):
    from dailyfresh_orders.fulfilment.services import pick

    line = order.lines.get(main_slot=1)
    pick(order_id=order.pk, line_id=line.pk, key=f"main{order.pk:06d}", by=None, quantity=quantity, gone=True)
    if instead:
        pick(order_id=order.pk, line_id=line.pk, key=f"more{order.pk:06d}", by=None, quantity=instead, sku_id="2")


def finished(order):
    from dailyfresh_orders.exceptions import OrderError
    from dailyfresh_orders.fulfilment.services import finish_picking

    try:
        return finish_picking(order.pk, by=None).state
    except OrderError as error:
        return type(error).__name__


def refunded(order):
    from dailyfresh_orders.exceptions import OrderError
    from dailyfresh_orders.services import refund_lines

    try:
        return refund_lines(order=order, by=None, key="thewhole", lines=None).kind
    except OrderError as error:
        return type(error).__name__


def withdrawn(order):
    from dailyfresh_orders.exceptions import IllegalTransition
    from dailyfresh_orders.services import withdraw

    try:
        withdraw(order.pk, by="buyer")
    except IllegalTransition:
        return "packed first"
    return "withdrawn"


def finish_at_once():
    from racing_offers import compete

    (order,) = prepare()
    picked(order, 3)
    return compete([lambda: finished(order)] * 8)


def one_pick():
    from racing_offers import compete

    (order,) = prepare()
    return compete([lambda: picked(order, 2) or "picked"] * 8)


def last_in_place():
    from racing_offers import compete

    orders = prepare(6, orders=8)
    for order in orders:
        picked(order, 2, instead=2)
    return compete([lambda order=order: finished(order) for order in orders])


def refund_beside():
    from racing_offers import compete

    (order,) = prepare()
    picked(order, 3)
    return compete([lambda: finished(order)] * 4 + [lambda: refunded(order)] * 4)


def withdraw_beside():
    from racing_offers import compete

    (order,) = prepare(paid=False)
    picked(order, 3)
    return compete([lambda: finished(order)] * 4 + [lambda: withdrawn(order)] * 4)


def last_of_a_batch():
    """Eight boxes of four pieces; of the batch that ends first there are ten."""
    from dailyfresh_orders.days import today
    from dailyfresh_orders.fulfilment.batches import receive_batch
    from minisite.shop.models import Product
    from racing_offers import compete

    orders = prepare(orders=8)
    Product.objects.filter(pk=1).update(pieces=0)
    for code, n, days in (("soon", 10, 2), ("late", 990, 9)):
        receive_batch(sku_id="1", code=code, quantity=n, best_before=today() + timedelta(days=days))
    Product.objects.filter(pk=1).update(pieces=1000 - 8 * BOUGHT)
    for order in orders:
        picked(order, BOUGHT)
    return compete([lambda order=order: finished(order) for order in orders])


def killed():
    """Pickers who close boxes die at any moment; others go on."""
    from dailyfresh_core.testing.races import race

    orders = prepare(orders=12)
    for order in orders:
        picked(order, 3)
    dead = 0
    for n in range(4):
        *_, killed = race(
            6, lambda number: [finished(each) for each in orders], refusals=(), kill_after=0.02 + 0.03 * n
        )
        dead += killed
    for order in orders:
        finished(order)
    return {"killed": dead}


def books():
    """Every sum that must agree, once the gateway has heard of everything."""
    from dailyfresh_orders.fulfilment.batches import out_of_step
    from dailyfresh_orders.fulfilment.models import Batch, Pick, Picking
    from dailyfresh_orders.models import Order, OrderLine, Payment, Refund
    from dailyfresh_orders.services import disagreements, sweep_refunds
    from minisite.shop.models import Product

    while sweep_refunds().done:
        Refund.objects.update(sent_at=None)
    back = {}
    for refund in Refund.objects.select_related("payment"):
        back[refund.payment_id] = back.get(refund.payment_id, Decimal(0)) + refund.amount
    given = {}
    for line in OrderLine.objects.exclude(order__state="cancelled"):
        # What was written off is gone from the shelf, and from the books of the stock.
        n = line.quantity - line.restocked
        given[line.sku_id] = given.get(line.sku_id, 0) + n
    return {
        "settled": Order.objects.exclude(settled_at=None).count(),
        "refunds": Refund.objects.filter(kind="settlement").count(),
        "open": Refund.objects.exclude(state="done").count(),
        "too_much": [str(p) for p in Payment.objects.all() if back.get(p.pk, 0) > p.received],
        "back": str(sum(back.values(), Decimal(0))),
        "picks": Pick.objects.count(),
        "done": Picking.objects.filter(state="done").count(),
        "disagreeing": [str(order) for order in Order.objects.all() if disagreements(order)],
        "left": dict(Product.objects.values_list("pk", "pieces")),
        "given": given,
        "batches": dict(Batch.objects.values_list("code", "left")),
        "out_of_step": out_of_step(),
    }


SCENARIOS = {
    "finish": finish_at_once,
    "one pick": one_pick,
    "last in place": last_in_place,
    "refund": refund_beside,
    "withdraw": withdraw_beside,
    "last of a batch": last_of_a_batch,
    "killed": killed,
}


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minisite.settings")
    django.setup()
    print(json.dumps({"seen": SCENARIOS[sys.argv[1]](), **books()}))
