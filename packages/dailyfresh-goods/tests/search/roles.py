"""What the processes of test_kills.py do."""

import itertools
import random
import time
from collections.abc import Callable
from pathlib import Path

from dailyfresh_goods.models import SKU, StaleDocument
from dailyfresh_goods.search import receivers
from dailyfresh_goods.search.indexing import backend_of, drain, rebuild, status
from dailyfresh_goods.search.results.finding import Refinement, find
from demo import indexed
from django.core.management import call_command
from django.db import transaction


def setup() -> None:
    call_command("migrate", verbosity=0)
    indexed()


def change(stop: Path) -> None:
    """Renames goods, takes them off sale and back, until `stop` is there; only others drain."""
    receivers.wake = lambda _task, tasks: None
    draw = random.Random(1)
    keys = list(SKU.objects.exclude(name__contains="草莓").values_list("pk", flat=True))
    for number in itertools.count(1):
        with transaction.atomic():
            sku = SKU.objects.get(pk=draw.choice(keys))
            sku.name, sku.on_sale = f"{sku.name[:6]}{number}号", draw.random() < 0.7
            sku.save()
        time.sleep(0.01)
        if stop.exists():
            print(number)
            return


def search(stop: Path) -> None:
    """Searches without pause until `stop` is there: the strawberries are always found, and in the index."""
    for number in itertools.count(1):
        for text in ("草莓", "caomei", "cm"):
            found = find(text, Refinement())
            assert not found.degraded
            assert found.number == 3, (number, text, found.number)
        if stop.exists():
            print(number * 3)
            return


def forever(write: Callable[[], object]) -> None:
    """Writes until it is killed; a drain that is given no time does not return while goods change all the time."""
    print("ready", flush=True)
    while True:
        write()


def compare() -> None:
    """One drain more and the index is as the database is, with nothing left over."""
    drain()
    found = status()
    assert not found.error, found
    assert not found.differences, found
    assert not StaleDocument.objects.exists()
    rebuild()
    generations = backend_of("default").generations
    assert {entry.name for entry in generations.root.iterdir()} == {"current", "sets", ".locks"}
    assert list((generations.root / "sets").iterdir()) == [generations.current]
    assert not (generations.current / "late").exists()


def main(role: str, *arguments: str) -> None:
    """`drain` and `rebuild` never end by themselves; `change` and `search` end when the file named by their argument is there."""
    if role in ("change", "search"):
        {"change": change, "search": search}[role](Path(*arguments))
    elif role in ("drain", "rebuild"):
        forever({"drain": drain, "rebuild": rebuild}[role])
    else:
        {"setup": setup, "compare": compare}[role]()
