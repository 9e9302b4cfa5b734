"""Orders that want the same offers, in processes of their own, against a real MariaDB or PostgreSQL: `python racing_offers.py <scenario>`.

Run by test_offer_races.py. Every process does one thing at the same instant and says what came of it.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress

import django

BUYERS = 16


def prepare(stock, rule=None, vouchers=()):
    """Fresh stock of one thing for 20.00, a rule, and a voucher of 3.00 for each of these buyers (by number); gives the buyers."""
    from minisite.shop.models import Held, Rule, Voucher
    from racing import prepare as fresh

    fresh({"stock": stock, "skus": 1})
    for model in (Held, Rule, Voucher):
        model.objects.all().delete()
    from django.contrib.auth import get_user_model
    from minisite.shop.models import Product

    Product.objects.update(yuan="20.00")
    users = list(get_user_model().objects.order_by("pk")[:BUYERS])
    if rule is not None:
        Rule.objects.create(off=2, **rule)
    Voucher.objects.bulk_create([Voucher(user=users[n], off=3) for n in vouchers])
    return users


def token_of(user):
    from dailyfresh_orders.checkout.quotes import quote
    from dailyfresh_orders.checkout.signed_quotes import signed

    return signed(quote({"1": 1}, source="buy", address=address_of(user), user=user), user=user)


def address_of(user):
    from minisite.shop.joins import AddressBook

    return AddressBook().choices(user)[0]


def place(user, token, **more):
    from dailyfresh_core.db.retrying import Busy
    from dailyfresh_orders.exceptions import OutOfStock, QuoteChanged
    from dailyfresh_orders.services import place_order

    more = {"payment_method": "cod", "note": "1"} | more
    try:
        return f"order {place_order(user=user, token=token, address_id=address_of(user).id, **more).order.number}"
    except (QuoteChanged, OutOfStock) as error:
        return type(error).__name__
    except Busy:
        return "busy"


def compete(acts):
    """Do these at the same instant, each in a process of its own; how often each was said."""
    from django.db import connection

    connection.close()
    start = time.time() + 0.7
    reader, report = os.pipe()
    running = []
    for act in acts:
        if (pid := os.fork()) == 0:
            time.sleep(max(0, start - time.time()))
            try:
                said = str(act())
            except Exception as error:
                said = f"error: {error!r}"
            os.write(report, (said + "\n").encode())
            os._exit(0)
        running.append(pid)
    for pid in running:
        os.waitpid(pid, 0)
    os.close(report)
    with os.fdopen(reader) as lines:
        return Counter(line.strip().split(" ")[0] if line.startswith("order ") else line.strip() for line in lines)


def one_coupon_for_two_orders():
    users = prepare(100, vouchers=[0])
    tokens = [token_of(users[0]) for _ in range(8)]
    return compete([lambda token=token: place(users[0], token) for token in tokens])


def one_quote_eight_times(other_coupon=False):
    users = prepare(100, rule={"most": 5}, vouchers=[0])
    token = token_of(users[0])
    acts = [{"coupon": "none"} if other_coupon and n % 2 else {} for n in range(8)]
    return compete([lambda more=more: place(users[0], token, **more) for more in acts])


def the_last_use():
    users = prepare(100, rule={"most": 1})
    tokens = [(user, token_of(user)) for user in users]
    return compete([lambda user=user, token=token: place(user, token) for user, token in tokens])


def the_last_piece():
    users = prepare(1, rule={}, vouchers=range(BUYERS))
    tokens = [(user, token_of(user)) for user in users]
    return compete([lambda user=user, token=token: place(user, token) for user, token in tokens])


def killed():
    """Buyers order as fast as they can, and processes die at random moments."""
    from django.db import connection

    users = prepare(10**6, rule={}, vouchers=[n for n in range(BUYERS) for _ in range(200)])
    until, dice = time.time() + 4, random.Random()
    seen = Counter()

    def buy(user):
        while time.time() < until:
            place(user, token_of(user))
        os._exit(0)

    def fork(user):
        if (pid := os.fork()) == 0:
            buy(user)
        return pid

    connection.close()
    running = {fork(user): user for user in users[:6]}
    while time.time() < until - 0.3:
        time.sleep(dice.uniform(0.02, 0.2))
        pid, user = dice.choice(list(running.items()))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        del running[pid]
        running[fork(user)] = user
        seen["killed"] += 1
    for pid in running:
        os.waitpid(pid, 0)
    return seen


def given_back_once(paid=False):
    """Unpaid orders with all they hold: the clock in several workers, the buyers who cancel, and (`paid`) money that arrives."""
    from datetime import timedelta

    from dailyfresh_orders.exceptions import IllegalTransition
    from dailyfresh_orders.models import Order
    from dailyfresh_orders.services import cancel_order, pass_time
    from dailyfresh_orders.services.transitions import mark_paid
    from django.utils import timezone

    users = prepare(100, rule={}, vouchers=range(BUYERS))
    for user in users:
        place(user, token_of(user), payment_method="voucher")
    assert Order.objects.filter(discount=-5).count() == BUYERS
    Order.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    orders = list(Order.objects.order_by("pk").values_list("pk", flat=True))

    def cancel_all():
        for pk in orders:
            with suppress(IllegalTransition):  # somebody else was faster
                cancel_order(pk, by="buyer")
        return "cancelled"

    def pay_all():
        for pk in reversed(orders):
            mark_paid(pk, paid_at=timezone.now(), by="gateway")
        return "paid"

    acts = [cancel_all, cancel_all, lambda: pass_time() and "" or "moved", lambda: pass_time() and "" or "moved"]
    return compete([*acts, pay_all, pay_all] if paid else acts)


def books():
    """Every sum that must agree."""
    from dailyfresh_orders.models import Adjustment, Order
    from dailyfresh_orders.services import disagreements
    from minisite.shop.models import Held, Product, Rule, Voucher

    alive = Order.objects.exclude(state="cancelled")
    numbers = set(alive.values_list("number", flat=True))
    in_rows = Adjustment.objects.filter(order__in=alive, kind="discount")
    held = list(Held.objects.all())
    used = list(Voucher.objects.exclude(reference="").values_list("reference", flat=True))
    return {
        "orders": alive.count(),
        "cancelled": Order.objects.filter(state="cancelled").count(),
        "paid": Order.objects.filter(state="to_ship", paid_at__isnull=False).count(),
        "with_rule": in_rows.filter(source__startswith="rule:").count(),
        "with_voucher": in_rows.filter(source__startswith="voucher:").count(),
        "taken": sum(Rule.objects.values_list("taken", flat=True)),
        "held": len(held),
        "used_of_unpaid": len([each for each in held if each.used and each.reference not in numbers]),
        "vouchers_in_orders": len(used),
        "vouchers_twice": len(used) - len(set(used)),
        "strays": len({each.reference for each in held} - numbers) + len(set(used) - numbers),
        "disagreeing": [str(order) for order in Order.objects.all() if disagreements(order)],
        "left": Product.objects.get().pieces,
    }


SCENARIOS = {
    "one coupon": one_coupon_for_two_orders,
    "one quote": one_quote_eight_times,
    "another coupon": lambda: one_quote_eight_times(other_coupon=True),
    "last use": the_last_use,
    "last piece": the_last_piece,
    "killed": killed,
    "given back": given_back_once,
    "paid or given back": lambda: given_back_once(paid=True),
}


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minisite.settings")
    django.setup()
    print(json.dumps({"seen": SCENARIOS[sys.argv[1]](), **books()}))
