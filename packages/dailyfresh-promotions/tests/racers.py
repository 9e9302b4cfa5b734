"""A program that lets many processes at the same offers at once: `python racers.py <scenario>` with a site's settings.

It fills the database, forks, and prints what came of it as JSON: how many came through, were refused, failed, and what the books say.
Each process is a fork of one that has loaded the site, and waits for the same moment.
"""

import json
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from functools import partial
from itertools import count

import django

django.setup()

from dailyfresh_core.testing import races  # noqa: E402
from dailyfresh_promotions import gate, services  # noqa: E402
from dailyfresh_promotions.exceptions import NotIssued  # noqa: E402
from dailyfresh_promotions.models import Batch, BatchCount, Coupon, Limit, Redemption, Rule  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Sum  # noqa: E402
from django.utils import timezone  # noqa: E402
from minisite.models import Book, Sale  # noqa: E402
from minisite.shop import Changed, buy, move, offers, promotions  # noqa: E402

TIERS = {"tiers": [["1.00", "3.00"]]}


race = partial(races.race, refusals=(Changed, NotIssued))


def people(number):
    User.objects.bulk_create(User(username=f"racer{n}") for n in range(number))
    return list(User.objects.order_by("pk"))


def goods():
    return str(Book.objects.create(title="Ulysses", price="50.00").pk)


def rule(name="m", params=TIERS, kind="off", **more):
    return Rule.objects.create(name=name, kind=kind, params=params, stackable=True, **more)


def books():
    """Every counter beside what the redemptions say it must be."""
    held = Redemption.objects.exclude(state="released")
    budgets = {
        row.rule_id: [
            row.taken,
            held.filter(rule_id=row.rule_id).count(),
            str(row.spent - (held.filter(rule_id=row.rule_id).aggregate(n=Sum("amount"))["n"] or 0)),
        ]
        for row in Limit.objects.filter(sku_id="")
    }
    flash = set(map(str, Limit.objects.exclude(sku_id="").values_list("pk", flat=True)))
    pieces = sum(n for row in held for limit, n in row.counts.items() if limit in flash)
    return {
        "sales": Sale.objects.exclude(state="cancelled").count(),
        "held": held.count(),
        "budgets": list(budgets.values()),
        "flash": [
            Limit.objects.exclude(sku_id="").aggregate(n=Sum("taken"))["n"] or 0,
            pieces,
        ],
        "coupons": [Coupon.objects.exclude(state="free").count(), held.exclude(coupon_id=None).count()],
        "disagreements": list(services.disagreements()),
        "issued": [BatchCount.objects.aggregate(n=Sum("issued"))["n"] or 0, Coupon.objects.count()],
    }


def one_coupon():
    (user,) = people(1)
    batch = Batch.objects.create(name="c", kind="off", params=TIERS, shown=True)
    services.issue(user=user, batch_id=batch.pk, at=timezone.now())
    sku_id = goods()
    seen = offers(user, {sku_id: 1})
    return race(8, lambda n: buy(user, {sku_id: n + 1}, seen))


def last_use():
    users, sku_id, made = people(16), goods(), rule()
    Limit.objects.create(rule=made, quantity=1)
    seen = [offers(user, {sku_id: 1}) for user in users]
    return race(16, lambda n: buy(users[n], {sku_id: 1}, seen[n]))


def last_money():
    users, sku_id, made = people(16), goods(), rule()
    Limit.objects.create(rule=made, max_spent="10.00")
    seen = [offers(user, {sku_id: 1}) for user in users]
    return race(16, lambda n: buy(users[n], {sku_id: 1}, seen[n]))


def one_buyer():
    (user,) = people(1)
    sku_id = goods()
    rule(per_user=2)
    seen = offers(user, {sku_id: 1})
    return race(8, lambda n: buy(user, {sku_id: 1}, seen))


def first_order():
    (user,) = people(1)
    sku_id = goods()
    rule(audience="first")
    rule("f", {"reach": "0"}, "freight", audience="first")
    seen = offers(user, {sku_id: 1})
    return race(8, lambda n: buy(user, {sku_id: 1}, seen))


def flash():
    users, sku_id = people(80), goods()
    made = Rule.objects.create(name="f", kind="flash", alone=True)
    Limit.objects.create(rule=made, sku_id=sku_id, price="1.00", quantity=50, per_buyer=1)

    def work(number):
        for user in users[number::16]:
            try:
                offer = offers(user, {sku_id: 1})
                if offer.shares:
                    buy(user, {sku_id: 1}, offer)
            except Changed:
                pass

    return race(16, work)


def rush():
    """2,000 buyers before 100 pieces, each with a quote that shows the price; how many the gate sent away, beside what came of it."""
    users, sku_id = people(2000), goods()
    made = Rule.objects.create(name="f", kind="flash", alone=True)
    Limit.objects.create(rule=made, sku_id=sku_id, price="1.00", quantity=100, per_buyer=1)
    run = os.getpid()
    asked = {"sources": [f"promotions:rule:{made.pk}"], "quantities": {sku_id: 1}}
    any(gate.fill() for _again in range(5))  # Redis may be slow on a machine that does much else
    counted = multiprocessing.Array("i", 2)  # sent away, came to the database

    def work(number):
        for user in users[number::16]:
            attempt = asked | {"token": f"{run} {user.pk}"}
            if promotions.enter(**attempt, user=user):
                with counted.get_lock():
                    counted[0] += 1
                continue
            with counted.get_lock():
                counted[1] += 1
            placed = False
            try:
                offer = offers(user, asked["quantities"])
                if offer.shares:
                    buy(user, asked["quantities"], offer)
                    placed = True
            except Changed:
                pass
            finally:
                promotions.leave(sources=asked["sources"], token=attempt["token"], placed=placed)

    came = race(16, work)
    return [*came, *counted]


def released():
    (user,) = people(1)
    sku_id, made = goods(), rule(per_user=9)
    Limit.objects.create(rule=made, quantity=9)
    sales = [buy(user, {sku_id: 1}, offers(user, {sku_id: 1})) for _n in range(2)]
    return race(8, lambda n: move(sales[0], "cancelled", why="unpaid"))


def one_of_a_batch():
    users = people(64)
    batch = Batch.objects.create(name="c", kind="off", params=TIERS, shown=True, total=1)
    return race(64, lambda n: services.issue(user=users[n], batch_id=batch.pk, at=timezone.now()))


def one_of_a_user():
    (user,) = people(1)
    Batch.objects.create(name="c", kind="off", params=TIERS, shown=True, per_user=2, code="x")
    return race(12, lambda n: services.issue_by_code(user=user, code="X", at=timezone.now()))


def market(*, kill_after=None):
    """Orders that take of everything, some of them cancelled, all at once."""
    users, skus = people(24), [goods() for _n in range(3)]
    for n in range(3):
        Limit.objects.create(rule=rule(f"m{n}", per_user=50), quantity=5000, max_spent="50000.00")
    made = Rule.objects.create(name="f", kind="flash")
    for sku_id in skus:
        Limit.objects.create(rule=made, sku_id=sku_id, price="20.00", quantity=4000, per_buyer=900)
    batch = Batch.objects.create(name="c", kind="off", params={"tiers": [["0", "1.00"]]}, per_user=9, shown=True)
    for user in users:
        for _n in range(9):
            services.issue(user=user, batch_id=batch.pk, at=timezone.now())

    def work(number):
        until = time.time() + 60 if kill_after else None
        turns = 0
        while (time.time() < until) if until else turns < 6:
            turns += 1
            user = random.choice(users[number::8])
            wanted = {sku_id: random.randint(1, 2) for sku_id in random.sample(skus, random.randint(1, 3))}
            try:
                sale = buy(user, wanted, offers(user, wanted))
            except Changed:
                continue
            if random.random() < 0.4:
                move(sale, "cancelled", why="unpaid")
            elif random.random() < 0.5:
                move(sale, "paid")

    return race(8, work, kill_after=kill_after)


def killed():
    return market(kill_after=2.5)


def killed_at_every_step():
    """A claim, an order that takes of everything, its payment and its end: each dies before and after its first statement, its second and so
    on, and at last between its COMMIT and whatever follows. What the books say is asked after each death.
    """
    (user,), wanted = people(1), {goods(): 2}
    for audience in ("all", "first"):
        Limit.objects.create(rule=rule(audience, audience=audience, per_user=50), quantity=50, max_spent="500.00")
    made = Rule.objects.create(name="f", kind="flash")
    Limit.objects.create(rule=made, sku_id=next(iter(wanted)), price="20.00", quantity=50, per_buyer=9)
    batch = Batch.objects.create(name="c", kind="off", params={"tiers": [["0", "1.00"]]}, shown=True)
    acts = {
        "claim": (lambda: services.issue(user=user, batch_id=batch.pk, at=timezone.now()), Coupon.objects),
        "order": (lambda: buy(user, wanted, offers(user, wanted)), Sale.objects),
        "pay": (lambda: move(Sale.objects.get(), "paid"), Sale.objects.filter(state="paid")),
        "end": (lambda: move(Sale.objects.get(), "cancelled", why="shop"), Sale.objects.filter(state="cancelled")),
    }
    deaths, wrong = Counter(), []
    for name, (act, done) in acts.items():
        for nth, after in ((n, after) for n in count() for after in (False, True)):
            die_at(nth, after, act)
            deaths[name] += 1
            wrong += services.disagreements()
            if done.exists():
                break
    return {"deaths": deaths, "wrong": wrong, "uses": Redemption.objects.filter(state="released").count()}


def die_at(nth, after, act):
    """In a fork that kills itself before or after its nth statement, or else when it has committed."""
    connection.close()
    if child := os.fork():
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        return
    counted, commit = count(), connection.commit

    def dying(execute, *asked):
        now = next(counted) == nth
        if now and not after:
            die()
        found = execute(*asked)
        if now:
            die()
        return found

    def dying_of_success():
        commit()
        die()

    connection.commit = dying_of_success
    with connection.execute_wrapper(dying):
        act()
    os._exit(1)  # it never commits


def die():
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    came = globals()[sys.argv[1]]()
    print(json.dumps({"came": came, **books()}))
