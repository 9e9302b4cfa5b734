"""The shop in one uwsgi process and in two: `make bench-store BENCH=--two`. Twice as many processes are to answer MOST times as much.

As many buyers as processes ask one after the other, each with a cart of their own; they, the database and Redis share the cores with the shop, so
that two cores cannot show a doubling of what all of them need more than one of. So two figures stand there: what was answered in a second, and
what the processor time of a request allows, which tells of locks that turn in place of waiting. A machine that does something else shows neither.
"""

import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path

from .rows import Row
from .shops import Ours
from .sites import Request, Site, running

MOST = 1.8
SECONDS = 3.0
ASKED = {
    "set one of ten": Request("/cart/set/", {"sku_id": 1, "quantity": 2}, json=True),
    "cart of 10": Request("/cart/"),
}
BUYERS = ("cart10", "confirm10")


def doubled(stack: ExitStack, place: Path, rows: list[Row], rounds: int) -> int:
    """Print what one and two processes answer; how many rows gain less than MOST."""
    sites = [running("ours", "config.wsgi:application", place / f"ours_{n}", processes=n) for n in (1, 2)]
    shops = [Ours(stack.enter_context(site)) for site in sites]
    for shop in shops:
        shop.open()
    missed = 0
    print(f"{'requests a second':<20}{'one':>8}{'two':>8}{'ratio':>8}{'CPU ms one':>12}{'two':>8}{'allows':>8}")
    for name, request in ASKED.items():
        best, cost = [0.0, 0.0], [9e9, 9e9]
        for _ in range(rounds + 1):
            for at, shop in enumerate(shops):
                rate, each = load(shop.site, request, at + 1)
                best[at], cost[at] = max(best[at], rate), min(cost[at], each)
        ratio, allows = best[1] / best[0], 2 * cost[0] / cost[1]
        missed += ratio < MOST
        print(
            f"{name:<20}{best[0]:>8.0f}{best[1]:>8.0f}{ratio:>8.2f}{cost[0]:>12.2f}{cost[1]:>8.2f}{allows:>8.2f}"
            + ("  missed" if ratio < MOST else ""),
            flush=True,
        )
    return missed


def load(site: Site, request: Request, number: int) -> tuple[float, float]:
    """Answers a second of so many buyers at once, and the processor time of one in milliseconds."""
    for buyer in BUYERS * 4:  # so that each process has opened and compiled
        site.good(request, buyer)
    site.watch()
    clocks, site.clocks = site.clocks, []  # they cannot be sent to another process
    before = sum(clock() for clock in clocks)
    with ProcessPoolExecutor(number, mp_context=get_context("fork")) as pool:
        answers = sum(pool.map(ask, [site] * number, [request] * number, BUYERS))
    return answers / SECONDS, (sum(clock() for clock in clocks) - before) * 1000 / answers


def ask(site: Site, request: Request, buyer: str) -> int:
    answers, end = 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        site.good(request, buyer)
        answers += 1
    return answers
