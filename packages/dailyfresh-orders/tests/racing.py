"""Buyers in processes of their own, against a real MariaDB or PostgreSQL: `python racing.py <scenario as JSON>` prints what happened.

Run by test_races.py. The launcher loads Django once and forks the buyers' processes, each of which runs several buyers as threads.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from decimal import Decimal

import django

FIRST_SKU, USERS = 1, 64
SAYS = {
    "mysql": {
        "wait 1 s": "SET SESSION innodb_lock_wait_timeout = 1",
        "who am I": "SELECT CONNECTION_ID()",
        "waits": "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %s AND command = 'Query' AND time_ms > 300",
        "deadlocks": "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'innodb_deadlocks'",
    },
    "postgresql": {
        "wait 1 s": "SET lock_timeout = '1s'",
        "who am I": "SELECT pg_backend_pid()",
        "waits": "SELECT CARDINALITY(pg_blocking_pids(%s))",
        "deadlocks": "SELECT deadlocks FROM pg_stat_database WHERE datname = CURRENT_DATABASE()",
    },
}
"""What the servers say each in words of their own."""


def forget_orders():
    """None of another scenario is left: all share one database."""
    from dailyfresh_orders.fulfilment.models import Batch, Picking
    from dailyfresh_orders.models import Booking, Message, Order, OrderLog, Payment, Refund

    for model in (Picking, Batch, Message, Booking, Refund, Payment, OrderLog, Order):
        model.objects.all().delete()


def prepare(scenario):
    """Buyers with an address, and fresh stock."""
    from django.contrib.auth import get_user_model
    from minisite.shop.models import InBasket, Place, Product, Settled

    User = get_user_model()
    if User.objects.count() < USERS:
        User.objects.bulk_create([User(username=f"buyer{n}", password="!") for n in range(USERS)])
        Place.objects.bulk_create([Place(user=user, receiver=user.username) for user in User.objects.all()])
    forget_orders()
    for model in (InBasket, Settled, Product):
        model.objects.all().delete()
    Product.objects.bulk_create(
        [
            Product(pk=FIRST_SKU + n, title=f"p{n}", yuan=Decimal("2.50"), pieces=scenario["stock"])
            for n in range(scenario["skus"])
        ]
    )


def buy(user, wanted, address, source):
    """One order through the services behind the confirm page; gives what the buyer sees."""
    from dailyfresh_core.db.retrying import Busy
    from dailyfresh_orders.checkout.quotes import quote
    from dailyfresh_orders.checkout.signed_quotes import signed
    from dailyfresh_orders.exceptions import OutOfStock, QuoteChanged
    from dailyfresh_orders.services import place_order

    try:
        now = quote(wanted, source=source, address=address)
        if now.problems:
            return "refused"
        token = signed(now, user=user)
        place_order(user=user, token=token, address_id=address.id, payment_method="cod", note=str(len(wanted)))
    except (OutOfStock, QuoteChanged):
        return "refused"
    except Busy:
        return "busy"
    except Exception as error:
        return f"error: {error!r}"
    return "sold"


def buyer(user, scenario, until, seen):
    from django.db import connection
    from minisite.shop.joins import AddressBook, Basket

    address = AddressBook().choices(user)[0]
    dice = random.Random(user.pk * 7919 + os.getpid())
    source = "basket" if scenario.get("basket") else "buy"
    refusals = 0
    while time.time() < until and refusals < scenario.get("patience", 1):
        skus = dice.sample(range(FIRST_SKU, FIRST_SKU + scenario["skus"]), scenario["lines"])
        wanted = {str(sku): dice.randint(1, scenario.get("most", 1)) for sku in skus}
        if source == "basket":
            Basket().add(user, wanted)
        outcome = buy(user, wanted, address, source)
        refusals = refusals + 1 if outcome == "refused" else 0
        seen.append(outcome)
    connection.close()


def work(scenario, users, until, report):
    """A process full of buyers; writes what they saw into its pipe."""
    seen = []  # a counter loses one of two that its threads count at the same instant
    threads = [threading.Thread(target=buyer, args=(user, scenario, until, seen)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(report, (json.dumps(Counter(seen)) + "\n").encode())
    os._exit(0)


def same_quote(scenario, users, until, report):
    """Every process submits one and the same quote at the same instant, as a shaky finger or a proxy would."""
    from dailyfresh_orders.services import place_order
    from django.contrib.auth import get_user_model

    buyer = get_user_model().objects.order_by("pk")[0]
    time.sleep(max(0, scenario["start"] - time.time()))
    try:
        placed = place_order(
            user=buyer, token=scenario["token"], address_id=scenario["address"], payment_method="cod", note="1"
        )
        outcome = f"order {placed.order.number}"
    except Exception as error:
        outcome = f"error: {error!r}"
    os.write(report, (json.dumps({outcome: 1}) + "\n").encode())
    os._exit(0)


def eager(scenario, users, until, report):
    """Every process places another order at the same instant: of one and the same buyer, or each of its own (`crowd`).

    Some of them, or all of a crowd, first online and then to be paid at the door (`turned`).
    """
    from dailyfresh_orders.checkout.quotes import quote
    from dailyfresh_orders.checkout.signed_quotes import signed
    from dailyfresh_orders.exceptions import TooMuchOpen
    from dailyfresh_orders.services import change_payment, place_order
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from minisite.shop.joins import AddressBook

    buyer = users[0] if scenario.get("crowd") else get_user_model().objects.order_by("pk")[0]
    address = AddressBook().choices(buyer)[0]
    token = signed(quote({"1": scenario["pieces"]}, source="buy", address=address), user=buyer)
    asked = {"user": buyer, "token": token, "address_id": address.id}
    turned = scenario.get("turned") and (users[0].pk % 2 or scenario.get("crowd"))
    if turned:
        order = place_order(**asked, payment_method="voucher").order
    settings.DAILYFRESH_ORDERS |= scenario["limits"]
    time.sleep(max(0, scenario["start"] - time.time()))
    try:
        if turned:
            change_payment(order.pk, code="cod", by=buyer)
        else:
            place_order(**asked, payment_method=scenario.get("way", "cod"))
        outcome = "sold"
    except TooMuchOpen:
        outcome = "refused"
    except Exception as error:
        outcome = f"error: {error!r}"
    os.write(report, (json.dumps({outcome: 1}) + "\n").encode())
    os._exit(0)


def clock(scenario, users, until, report):
    """Every process is a worker in which the clock's drain runs at the same instant."""
    from dailyfresh_orders.services import pass_time

    time.sleep(max(0, scenario["start"] - time.time()))
    try:
        outcome = {"moved": pass_time()}
    except Exception as error:
        outcome = {f"error: {error!r}": 1}
    os.write(report, (json.dumps(outcome) + "\n").encode())
    os._exit(0)


def held(scenario, users, until, report):
    """Somebody keeps the goods locked, and this buyer's connection waits a second for them."""
    from dailyfresh_core.db import retrying
    from dailyfresh_orders.signals import stock_changed
    from django.db import connection
    from minisite.shop.joins import AddressBook
    from minisite.shop.models import Product

    retrying.PATIENCE = 0.5
    seen = Counter()
    stock_changed.connect(lambda **_: seen.update(["tried"]), weak=False)
    holder = connection.copy()
    holder.set_autocommit(False)
    with holder.cursor() as cursor, connection.cursor() as waiting:
        cursor.execute(f"SELECT * FROM {Product._meta.db_table} FOR UPDATE")
        waiting.execute(SAYS[connection.vendor]["wait 1 s"])
        seen[buy(users[0], {"1": 1}, AddressBook().choices(users[0])[0], "buy")] += 1
    holder.close()
    os.write(report, (json.dumps(seen) + "\n").encode())
    os._exit(0)


def erase(scenario, users, until, report):
    """A refund of the buyer's order is written while the buyer is forgotten, each in a transaction that nobody repeats."""
    from dailyfresh_orders.models import Order, Payment, Refund
    from dailyfresh_orders.services import anonymise
    from django.db import connection, transaction
    from minisite.shop.joins import AddressBook

    buyer = users[0]
    buy(buyer, {"1": 1}, AddressBook().choices(buyer)[0], "buy")
    order = Order.objects.get()
    payment = Payment.objects.create(order=order, gateway="voucher", out_trade_no="x", amount=order.total, subject="x")
    refund = Refund.objects.create(payment=payment, out_request_no="x", amount=1, reason="bruised")
    seen, asking = Counter(), threading.Event()

    def forget():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(SAYS[connection.vendor]["who am I"])
                (seen["connection"],) = cursor.fetchone()
                asking.set()
                seen["forgotten"] = anonymise(user=buyer)
        finally:
            connection.close()

    other = threading.Thread(target=forget)
    with transaction.atomic(), connection.cursor() as cursor:
        Order.objects.select_for_update().get()
        other.start()
        asking.wait()
        while not seen["waits"]:
            time.sleep(0.05)
            cursor.execute(SAYS[connection.vendor]["waits"], [seen["connection"]])
            (seen["waits"],) = cursor.fetchone()
        Refund.objects.filter(pk=refund.pk).update(answer="we are sorry")
    other.join()
    Refund.objects.all().delete()
    Payment.objects.all().delete()
    os.write(report, (json.dumps({"forgotten": seen["forgotten"]}) + "\n").encode())
    os._exit(0)


def fork(scenario, users, until, report):
    pid = os.fork()
    if pid == 0:
        acts = {"same_quote": same_quote, "eager": eager, "clock": clock, "held": held, "erase": erase}
        act = acts.get(scenario.get("what"), work)
        act(scenario, users, until, report)
    return pid


def stage(scenario, users):
    """What must be there before the processes begin."""
    from datetime import timedelta

    from dailyfresh_orders.checkout.quotes import quote
    from dailyfresh_orders.checkout.signed_quotes import signed
    from dailyfresh_orders.models import Order
    from dailyfresh_orders.services import place_order
    from django.utils import timezone
    from minisite.shop.joins import AddressBook

    scenario["start"] = time.time() + 0.5
    address = AddressBook().choices(users[0])[0]
    scenario["address"] = address.id
    if scenario.get("what") == "same_quote":
        scenario["token"] = signed(quote({"1": 1}, source="buy", address=address), user=users[0])
    if scenario.get("what") == "eager":
        scenario["start"] += 2
    if scenario.get("what") == "clock":
        for n in range(scenario["orders"]):
            token = signed(quote({str(1 + n % scenario["skus"]): 1}, source="buy", address=address), user=users[0])
            place_order(user=users[0], token=token, address_id=address.id, payment_method="voucher", note="1")
        Order.objects.update(due_at=timezone.now() - timedelta(minutes=1))
        scenario["start"] = time.time() + 0.5


def run(scenario):
    """Let the buyers loose and give what they saw; with `kill`, processes die at random moments and are replaced."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    prepare(scenario)
    users = list(get_user_model().objects.order_by("pk")[:USERS])
    processes = scenario.get("processes", 8)
    shares = [users[n::processes] for n in range(processes)]
    until = time.time() + scenario["seconds"]
    stage(scenario, users)
    connection.close()
    reader, report = os.pipe()
    running = {fork(scenario, share, until, report): share for share in shares}
    kills = 0
    dice = random.Random()
    while running:
        if scenario.get("kill") and time.time() < until - 0.3:
            time.sleep(dice.uniform(0.05, scenario["kill"]))
            victim = dice.choice(list(running))
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
            kills += 1
            share = running.pop(victim)
            running[fork(scenario, share, until, report)] = share
            continue
        pid, _status = os.wait()
        running.pop(pid, None)
    os.close(report)
    with os.fdopen(reader) as lines:
        seen = sum((Counter(json.loads(line)) for line in lines), Counter())
    return {"seen": seen, "kills": kills, **books(scenario)}


def books(scenario):
    """What the database says afterwards, once the drain has run: every sum that must agree."""
    from dailyfresh_orders.models import Order, OrderLine, OrderLog
    from dailyfresh_orders.services import settle_baskets
    from dailyfresh_orders.tasks import drain
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.db.models import CharField, Count, F, Q, Sum
    from django.db.models.functions import Cast
    from minisite.shop.models import InBasket, Product, Settled

    unsettled = Order.objects.filter(basket_due=True).count()
    drain()
    while settle_baskets():
        pass  # on a busy machine a drain has not time for all
    kept = OrderLine.objects.exclude(order__state="cancelled")
    ordered = dict(kept.values_list("sku_id").annotate(n=Sum("quantity")))
    wrong = [
        row.pk
        for row in Product.objects.all()
        if row.pieces + ordered.get(str(row.pk), 0) != scenario["stock"] or row.sold != ordered.get(str(row.pk), 0)
    ]
    counted = Order.objects.annotate(n=Count("lines"), sum=Sum(F("lines__quantity") * F("lines__unit_price")))
    half = counted.exclude(note=Cast("n", CharField())).count() + counted.filter(~Q(sum=F("goods_total"))).count()
    with connection.cursor() as cursor:
        cursor.execute(SAYS[connection.vendor]["deadlocks"])
        deadlocks = int(cursor.fetchone()[0])
    return {
        "orders": Order.objects.count(),
        "cancelled": Order.objects.filter(state="cancelled").count(),
        "logs": OrderLog.objects.count(),
        "sold": sum(ordered.values()),
        "left": Product.objects.aggregate(n=Sum("pieces"))["n"],
        "wrong_stock": wrong,
        "half_orders": half,
        "unsettled_before_drain": unsettled,
        "from_baskets": Order.objects.count() if scenario.get("basket") else 0,
        "settled": Settled.objects.count(),
        "unsettled": Order.objects.filter(basket_due=True).count(),
        "in_baskets": InBasket.objects.aggregate(n=Sum("quantity"))["n"] or 0,
        "deadlocks": deadlocks,
        "users": get_user_model().objects.count(),
    }


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minisite.settings")
    django.setup()
    print(json.dumps(run(json.loads(sys.argv[1]))))
