"""Operations a second of the Redis store beside bare redis-py, and requests a second of the cart's views: `python -m bench`.

Everything is measured in one run, ours and theirs in turns of 50 ms, medians of forty. REDIS_URL names the server (a database that
may be filled). With OSCAR_PYTHON (an interpreter with django-oscar installed) the same two requests are measured on Oscar as well.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minisite.settings")

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


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds of this process for one call: what a busy machine disturbs least."""
    costs = []
    for _ in range(ROUNDS // 4):
        began = time.process_time()
        for _call in range(5):
            work()
        costs.append((time.process_time() - began) * 200)
    return statistics.median(costs)


def store_layer(url: str) -> None:
    import redis
    from dailyfresh_cart.stores.base import Change, Kind, Owner
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
        adder, [Change(Kind.ADD, "1000", 1, cap=1_000_000_000)], reference=f"add:{next(numbers)}", remember=1
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


def requests(url: str) -> dict[str, float]:
    """Requests a second through Django's test client, one process."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = ":memory:"
    django.setup()
    settings.DAILYFRESH_CART["STORE"] = {
        "BACKEND": "dailyfresh_cart.stores.redis.RedisStore",
        "OPTIONS": {"url": url, "prefix": PREFIX},
    }
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client
    from minisite.models import Book

    call_command("migrate", run_syncdb=True, verbosity=0)
    books = [Book.objects.create(title=f"Volume {n}", price="10.00", copies=1_000_000_000) for n in range(51)]
    works: dict[str, Callable[[], object]] = {}
    for n in (1, 10, 50):
        client = Client(headers={"accept": "application/json"})
        client.force_login(User.objects.create_user(f"buyer{n}"))
        for book in books[:n]:
            answer = client.post("/shop/basket/add/", {"sku_id": book.pk})
            assert answer.status_code == 200, answer.content
        works[f"page {n}"] = lambda client=client: client.get("/shop/basket/")
    adder = Client(headers={"accept": "application/json"})
    adder.force_login(User.objects.create_user("adder"))
    for book in books[:9]:
        adder.post("/shop/basket/add/", {"sku_id": book.pk})
    last = books[9].pk

    def add() -> None:  # set back to 0 would be a second request: the limit is out of the way instead
        adder.post("/shop/basket/add/", {"sku_id": last})

    settings.DAILYFRESH_CART["MAX_QUANTITY"] = 1_000_000_000
    works["add"] = add
    works["badge"] = lambda: adder.get("/shop/basket/visitor/")
    found = medians(works)
    print(f"{'':<44}{'wall/s':>10}{'CPU ms':>10}")
    for name, each in list(found.items()):
        found[f"{name} CPU"] = cpu(works[name])
        print(f"{'request: ' + name:<44}{each:>10,.0f}{found[f'{name} CPU']:>10.2f}")
    import redis

    client = redis.Redis.from_url(url)
    for key in client.scan_iter(match=f"{PREFIX}:*"):
        client.delete(key)
    return found


def beside_oscar(ours: dict[str, float]) -> None:
    python = os.environ.get("OSCAR_PYTHON")
    if not python:
        print("django-oscar: not measured (OSCAR_PYTHON names no interpreter that has it)")
        return
    done = subprocess.run([python, str(HERE / "oscar_peer.py")], capture_output=True, text=True)
    if done.returncode:
        print("django-oscar: failed\n" + done.stderr[-2000:])
        return
    theirs = json.loads(done.stdout.splitlines()[-1])
    print(f"{'beside django-oscar ' + theirs['version']:<44}{'ours/s':>10}{'oscar/s':>10}{'ratio':>8}")
    for name in ("add", "page 1", "page 10"):
        print(f"{'request: ' + name:<44}{ours[name]:>10,.0f}{theirs[name]:>10,.1f}{ours[name] / theirs[name]:>8.1f}")
        mine, other = ours[f"{name} CPU"], theirs[f"{name} CPU"]
        print(f"{'  CPU ms':<44}{mine:>10.2f}{other:>10.2f}{other / mine:>8.1f}")


if __name__ == "__main__":
    if not (address := os.environ.get("REDIS_URL")):
        sys.exit("the benchmark needs REDIS_URL")
    store_layer(address)
    beside_oscar(requests(address))
