"""A program that lets many processes at the same windows at once: `python racers.py <scenario>` with a site's settings.

It fills the database, forks, and prints what came of it as JSON: how many came through, were refused, failed, were killed, and what the
books say. Each process is a fork of one that has loaded the site, and waits for the same moment.
"""

import json
import random
import sys
import time
from contextlib import suppress
from datetime import time as clock
from datetime import timedelta
from functools import partial
from itertools import combinations

import django

django.setup()

from dailyfresh_core.db.retrying import retried  # noqa: E402
from dailyfresh_core.testing import races  # noqa: E402
from dailyfresh_delivery import services  # noqa: E402
from dailyfresh_delivery.models import Holiday, Pattern, Reservation, Slot, Zone, ZoneArea  # noqa: E402
from dailyfresh_delivery.services import close, disagreements, make_windows, reopen  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.utils import timezone  # noqa: E402
from minisite.models import Sale  # noqa: E402
from minisite.shop import Taken, buy, cancel, delivery, move  # noqa: E402

race = partial(races.race, refusals=(Taken,))


def windows(*capacities, closes=None, **more):
    """A window for each of these capacities, a day apart, after those that are there; their ids."""
    zone, _made = Zone.objects.get_or_create(name="海淀")
    ZoneArea.objects.get_or_create(zone=zone, code="110108")
    ids = []
    for n, capacity in enumerate(capacities, Slot.objects.count()):
        starts = timezone.now() + timedelta(days=1 + n, seconds=random.random())
        made = Slot.objects.create(
            zone=zone,
            date=timezone.localdate(starts),
            starts_at=starts,
            ends_at=starts + timedelta(hours=2),
            cut_off_at=closes or starts - timedelta(hours=2),
            capacity=capacity,
            **more,
        )
        ids.append(str(made.pk))
    return ids


def last_place():
    (only,) = windows(1)
    return race(16, lambda n: buy(only))


def last_ten():
    (only,) = windows(10)
    return race(64, lambda n: buy(only))


def half():
    """Everybody holds a place only while as many are left: a rule of the site's own, asked before anything is taken."""
    (only,) = windows(8)

    @retried
    def held(number):
        with transaction.atomic(durable=True):
            if delivery.lock(only) <= 4:
                raise Taken
            sale = Sale.objects.create(name="林晓禾", district_code="110108")
            assert delivery.take(only, reference=str(sale), grams=1, at=timezone.now())

    return race(16, held)


def last_weight():
    (only,) = windows(64, capacity_grams=5000)
    return race(16, lambda n: buy(only, grams=1500))


def cut_off():
    """Everybody buys as long as it goes, while the window closes: nothing is in it that came later."""
    closes = timezone.now() + timedelta(seconds=3)
    (only,) = windows(10_000, closes=closes)

    def work(number):
        until = time.time() + 4
        while time.time() < until:
            with suppress(Taken):
                buy(only)

    came = race(8, work)
    assert Reservation.objects.filter(slot=only).count() > 0
    assert not Reservation.objects.filter(slot=only, at__gte=closes).exists()
    return came


def released():
    (only,) = windows(3)
    sales = [buy(only) for _n in range(3)]
    return race(8, lambda n: cancel(sales[0]))


def two_ways():
    """Orders of two windows change places, all at once."""
    first, second = windows(20, 20)
    sales = [(buy(first), second) for _n in range(8)] + [(buy(second), first) for _n in range(8)]
    return race(16, lambda n: [move(sales[n][0], sales[n][1]) for _turn in range(5)])


def closing():
    """Orders move into a window while staff close it."""
    first, second = windows(20, 20)
    sales = [buy(first) for _n in range(15)]
    return race(16, lambda n: move(sales[n], second) if n < 15 else close(Slot.objects.filter(pk=second)))


def market(*, kill_after=None):
    """Orders that are placed, moved and cancelled, all at once."""
    ids = windows(30, 20, 10, 5, capacity_grams=40_000)

    def work(number):
        until = time.time() + 60 if kill_after else None
        turns = 0
        while (time.time() < until) if until else turns < 15:
            turns += 1
            try:
                sale = buy(random.choice(ids), grams=random.randint(1, 4000))
            except Taken:
                continue
            if random.random() < 0.5:
                move(sale, random.choice(ids))
            if random.random() < 0.6:
                cancel(sale)

    return race(8, work, kill_after=kill_after)


def staffs():
    """Staff who change patterns and holidays, close and open days, and the task that makes windows, beside orders that come, move and go."""
    zone = Zone.objects.create(name="海淀")
    ZoneArea.objects.create(zone=zone, code="110108")
    for start in (9, 15):
        Pattern.objects.create(zone=zone, start=clock(start), end=clock(start + 3), capacity=20, capacity_grams=40_000)
    days = [timezone.localdate() + timedelta(days=n) for n in range(1, 14)]

    @retried
    @transaction.atomic
    def shifted(pk):
        pattern = Pattern.objects.get(pk=pk)
        pattern.start = clock((9 if pk == 1 else 15) + random.randint(0, 2))
        pattern.save()

    @retried
    @transaction.atomic
    def holiday():
        if shut := Holiday.objects.order_by("?").first():
            shut.delete()
        else:
            Holiday.objects.create(date=random.choice(days), zone=random.choice([None, zone]))

    def order():
        ids = [str(pk) for pk in Slot.objects.values_list("pk", flat=True)]
        with suppress(Taken):
            sale = buy(random.choice(ids), grams=random.randint(1, 4000))
            move(sale, random.choice(ids))
            if random.random() < 0.8:
                cancel(sale)

    def closed():
        those = Slot.objects.filter(date__in=random.sample(days, 5))
        close(those)
        reopen(those)

    at_once = services.window_on
    services.window_on = lambda pattern, day: (time.sleep(0.002), at_once(pattern, day))[
        1
    ]  # so that there is a time between looking and making
    works = [lambda: shifted(1), lambda: shifted(2), holiday, holiday, make_windows, closed, order, order]

    def work(number):
        until = time.time() + 4
        while time.time() < until:
            works[number]()

    return race(8, work)


def killed():
    return market(kill_after=2.5)


def books():
    held = Reservation.objects.filter(released_at=None)
    alive = {str(sale) for sale in Sale.objects.exclude(state="cancelled")}
    return {
        "held": held.count(),
        "strays": len(alive ^ set(held.values_list("reference", flat=True))),
        "disagreeing": [str(slot.pk) for slot in disagreements()],
        "over": sum(
            slot.taken > slot.capacity or (slot.capacity_grams is not None and slot.taken_grams > slot.capacity_grams)
            for slot in Slot.objects.all()
        ),
        "overlapping": [
            (str(one), str(other))
            for one, other in combinations(Slot.objects.order_by("starts_at"), 2)
            if one.zone == other.zone and other.starts_at < one.ends_at
        ],
        "on holidays": [
            str(slot)
            for slot in Slot.objects.filter(closed="")
            if Holiday.objects.filter(Q(zone=None) | Q(zone=slot.zone), date=slot.date).exists()
        ],
        "not there": [
            f"{day}"
            for pattern in Pattern.objects.all()
            for day in (timezone.localdate() + timedelta(days=n) for n in range(1, 14))
            if not Slot.objects.filter(date=day).exists() and not Holiday.objects.filter(date=day).exists()
        ],
    }


if __name__ == "__main__":
    came = globals()[sys.argv[1]]()
    print(json.dumps({"came": came, **books()}))
