"""`python -m chaos.day`: a day in the life of the store, in real processes that are killed at random, on the database at DATABASE_URL.

Buyers order pieces and grams into a dozen windows of four zones, some never pay; orders are moved to other windows, a holiday is added
and cut-offs pass meanwhile. Pickers weigh, give less, or something else; parcels arrive, and what came bad goes back. Then everything that is owed is done, and every gram and
fen is accounted for. Ends with 0 when all of it adds up; what happened is printed as JSON.
"""

import argparse
import json
import math
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from dailyfresh_core.testing import own_database

DISTRICTS = ("110101", "110105", "110106", "110108")
HOURS = ((9, 12), (13, 16), (17, 20))
PIECES, LOOSE = 8, 4
"""SKUs by the piece and by weight."""


def begin(orders: int) -> None:
    """Zones with their windows, goods in two batches each, buyers with an address, a picker."""
    from datetime import time as clock
    from datetime import timedelta
    from decimal import Decimal

    from dailyfresh_delivery.models import Pattern, Zone, ZoneArea
    from dailyfresh_goods.models import SKU, SPU, GoodsType
    from dailyfresh_orders.days import today
    from dailyfresh_orders.fulfilment.batches import receive_batch
    from dailyfresh_users.services import add_address
    from django.contrib.auth import get_user_model

    kind = GoodsType.objects.create(name="Fresh", slug="fresh")
    for number in range(PIECES + LOOSE):
        loose = number >= PIECES
        how = {"sold_by": "weight", "priced_by": "weight", "unit": "500g", "minimum": 100, "step": 50} if loose else {}
        spu = SPU.objects.create(name=f"Goods {number}")
        price = Decimal(300 + 170 * number) / 100
        sku = SKU.objects.create(type=kind, spu=spu, name=spu.name, slug=f"goods-{number}", price=price, stock=0, **how)
        much = orders * (700 if loose else 2)
        for n, days in enumerate((3, 6)):
            receive_batch(
                sku_id=str(sku.pk), code=f"{number}-{n}", quantity=much, best_before=today() + timedelta(days=days)
            )
    for number, code in enumerate(DISTRICTS):
        zone = Zone.objects.create(name=f"Zone {number}", base=Decimal("5.00"))
        ZoneArea.objects.create(zone=zone, code=code)
        for start, end in HOURS:
            fee = Decimal("2.00") if start == HOURS[-1][0] else Decimal("0.00")
            Pattern.objects.create(
                zone=zone, start=clock(start), end=clock(end), fee=fee, capacity=max(3, orders // 14)
            )
    User = get_user_model()
    for number in range(max(12, orders // 10)):
        user = User.objects.create(username=f"buyer{number}", email=f"buyer{number}@example.com")
        add_address(
            user=user,
            values={
                "receiver": user.username,
                "phone": "13800138000",
                "district_code": DISTRICTS[number % len(DISTRICTS)],
                "street": "1",
                "postcode": "",
            },
        )
    User.objects.create_superuser("picker", "picker@example.com", "!")


def let_live(orders: int, processes: int, seconds: float) -> dict[str, int]:
    """So many processes, each one of the day's people, until enough was ordered or time is over; some die meanwhile and are replaced."""
    from dailyfresh_orders.models import Order
    from django.db import connection

    from . import people

    connection.close()
    until, dice, killed = multiprocessing.RawValue("d", time.time() + seconds), random.Random(7), 0  # noqa: S311
    look = time.time() + 5

    def fork(number: int) -> int:
        if pid := os.fork():
            return pid
        code = 0
        try:
            people.dice.seed(os.getpid())
            person: Callable[..., None] = people.PEOPLE[number % len(people.PEOPLE)]
            person(until=until)
        except BaseException as error:  # noqa: BLE001 - a fork must not run on as if it were its parent
            sys.stderr.write(f"{number}: {error!r}\n")
            code = 2
        os._exit(code)

    running = {fork(number): number for number in range(processes)}
    failed = 0
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            number = running.pop(pid)
            failed += os.waitstatus_to_exitcode(status) == 2
            continue
        time.sleep(dice.uniform(0.2, 0.6))
        if time.time() > look:
            look = time.time() + 2
            if Order.objects.count() >= orders:  # a last half minute, with what happens in it
                look, until.value = math.inf, min(until.value, time.time() + 30)
            connection.close()  # no fork may find it open
        if time.time() < until.value - 2 and dice.random() < 0.3:
            victim = dice.choice(list(running))
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
            number = running.pop(victim)
            running[fork(number)] = number
            killed += 1
    return {"killed": killed, "failed": failed}


def main() -> int:
    """Runs the day in a database of its own, dropped afterwards."""
    parser = argparse.ArgumentParser(prog="python -m chaos.day", description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=100, help="the day ends soon after so many (100)")
    parser.add_argument("--processes", type=int, default=8, help="buyers, pickers, couriers and clocks (8)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the day lasts at most (60)")
    asked = parser.parse_args()
    with ExitStack() as over:
        var = over.enter_context(tempfile.TemporaryDirectory(prefix="day-"))
        (Path(var) / "static").mkdir()
        os.environ |= {"VAR_DIR": var, "DJANGO_SETTINGS_MODULE": "config.settings.day"}
        if url := os.environ.get("DATABASE_URL"):
            os.environ["DATABASE_URL"] = over.enter_context(own_database(url, f"day_{os.getpid()}"))
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"], check=True)

        import django

        django.setup()
        from dailyfresh_core.background.waking import asleep
        from django.db import connection

        from .ledger import finish_everything, what_is_wrong, what_was

        over.enter_context(asleep())  # the clock looks by itself
        begin(asked.orders)
        lived = let_live(asked.orders, asked.processes, asked.seconds)
        finish_everything()
        wrong = what_is_wrong()
        print(json.dumps({"database": connection.vendor, **lived, **what_was(), "wrong": wrong}, indent=2, default=str))  # noqa: T201
        connection.close()
    return 1 if wrong or lived["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
