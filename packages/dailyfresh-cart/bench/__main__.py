"""The Redis store beside bare redis-py, and a site with the cart beside django-oscar's: `make bench-cart`.

The store: ours and bare redis-py over one connection each, in turns of 50 ms, medians of forty. REDIS_URL names the server (a database
that may be filled).

The sites: a bookshop of 10,000 books as `startproject` makes it, and django-oscar's sandbox with 10,000 products where OSCAR_PYTHON
names an interpreter that has django-oscar, mysqlclient, django-redis and the Python version of this one. Each runs in two uwsgi
processes with DEBUG off, on the MariaDB of DATABASE_URL over lasting connections, with sessions in the database, where Django puts
them, and Redis as its cache; wrk asks over 8 connections as 8 signed-in shoppers to each request, an add with its CSRF token. Rounds
of 8 s take turns; the figures are medians of three. CPU is the processor time of the two processes for one request, without the
servers'. Before anything is measured the pages are seen to hold their lines, and an add to add.
"""

import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal

from .shops import compare

ROUNDS, SECONDS = 40, 0.05
PREFIX = "bench"


def rate(work: Callable[[], object]) -> float:
    """Calls a second, for SECONDS."""
    count, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < SECONDS:
        for _ in range(5):
            work()
        count += 5
    return count / passed


def medians(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Name -> calls a second; the rounds of all take turns, so that a busy moment hits each."""
    for work in works.values():
        work()
    rounds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            rounds[name].append(rate(work))
    return {name: statistics.median(times) for name, times in rounds.items()}


def store_layer(url: str) -> None:
    import redis
    from dailyfresh_cart.stores.base import Change, Kind, Owner, Terms
    from dailyfresh_cart.stores.redis import RedisStore

    client, store = redis.Redis.from_url(url), RedisStore(url=url, prefix=PREFIX)
    works: dict[str, Callable[[], object]] = {}

    def both(key: str) -> object:
        with client.pipeline(transaction=True) as pipeline:
            pipeline.hgetall(key)
            pipeline.hgetall(f"{key}:notes")
            return pipeline.execute()

    for n in (10, 50):
        owner, key = Owner(f"u:{n}"), f"{PREFIX}:bare:{n}"
        store.change(owner, [Change(Kind.ADD, str(1000 + i), 2, unit_price=Decimal("29.90")) for i in range(n)])
        client.hset(key, mapping={str(1000 + i): 2 for i in range(n)})
        client.hset(f"{key}:notes", mapping={str(1000 + i): "1732334400000000:1:29.90" for i in range(n)})
        works[f"HGETALL {n}"] = lambda key=key: client.hgetall(key)
        works[f"both {n}"] = lambda key=key: both(key)
        works[f"quantities {n}"] = lambda owner=owner: store.quantities(owner)
        works[f"read {n}"] = lambda owner=owner: store.read(owner)
    adder = Owner("u:add")
    works["HINCRBY"] = lambda: client.hincrby(f"{PREFIX}:bare", "1000", 1)
    works["add"] = lambda: store.change(adder, [Change(Kind.ADD, "1000", 1, cap=1_000_000_000)])
    numbers = iter(range(1_000_000_000))
    works["add once"] = lambda: store.change(
        adder, [Change(Kind.ADD, "1000", 1, cap=1_000_000_000)], Terms(reference=f"add:{next(numbers)}", remember=1)
    )
    works["HLEN"] = lambda: client.hlen(f"{PREFIX}:bare:10")
    works["count"] = lambda: store.count(Owner("u:10"))
    found = medians(works)
    print(f"{'store layer, one connection':<44}{'ours/s':>10}{'bare/s':>10}{'ratio':>8}")
    for ours, bare, label in (
        ("add", "HINCRBY", "add, limit checked / HINCRBY"),
        ("add once", "HINCRBY", "add that counts once / HINCRBY"),
        ("count", "HLEN", "count / HLEN"),
        ("quantities 10", "HGETALL 10", "quantities of 10 / HGETALL"),
        ("quantities 50", "HGETALL 50", "quantities of 50 / HGETALL"),
        ("read 10", "both 10", "whole cart of 10 / MULTI of two HGETALL"),
        ("read 50", "both 50", "whole cart of 50 / MULTI of two HGETALL"),
    ):
        print(f"{label:<44}{found[ours]:>10,.0f}{found[bare]:>10,.0f}{found[ours] / found[bare]:>8.2f}")
    for key in client.scan_iter(match=f"{PREFIX}:*"):
        client.delete(key)


if __name__ == "__main__":
    missing = [name for name in ("REDIS_URL", "DATABASE_URL") if not os.environ.get(name)]
    if not shutil.which("wrk"):
        missing.append("wrk")
    if missing:
        sys.exit(f"bench-cart needs {', '.join(missing)}")
    store_layer(os.environ["REDIS_URL"])
    compare()
