"""What is timed of one engine."""

import os
import resource
import time
from pathlib import Path
from typing import Any

from .__main__ import milliseconds
from .catalogue import queries


def _rss() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in (folder / "index").rglob("*") if file.is_file())


CLOCK = time.process_time if os.environ.get("BENCH_CPU") else time.perf_counter
"""CPU time of the process instead of the time on the wall, for a machine that others use too."""


def _timed(samples: list[float], call: Any) -> Any:
    started = CLOCK()
    result = call()
    samples.append(CLOCK() - started)
    return result


def ours(folder: Path, number: int) -> dict[str, Any]:
    """The packages's own engines."""
    from dailyfresh_goods.models import SKU, StaleDocument
    from dailyfresh_goods.search.finding import Wish, find
    from dailyfresh_goods.search.indexing import backend_of, drain, rebuild
    from dailyfresh_goods.search.words.cutting import cutter
    from django.test import Client

    cutter()
    started = CLOCK()
    rebuild()
    index = CLOCK() - started
    asked = queries(number)
    engine, path, page, hits = [], [], [], 0
    backend = backend_of("default")
    plain_search = backend.search
    spent = [0.0]

    def search(*args: Any, **options: Any) -> Any:
        began = CLOCK()
        try:
            return plain_search(*args, **options)
        finally:
            spent[0] = CLOCK() - began
            engine.append(spent[0])

    for text in asked[:40]:
        find(text, Wish())
    backend.search = search
    for text in asked:
        hits += _timed(path, lambda text=text: find(text, Wish())).number
    del backend.search
    client = Client()
    client.get("/search/", {"q": "草莓"})
    for text in asked[: number // 2]:
        _timed(page, lambda text=text: client.get("/search/", {"q": text}))
    change = []
    for key in SKU.objects.values_list("pk", flat=True)[:10]:
        StaleDocument.objects.create(sku_id=key)
        _timed(change, drain)
    return {
        "index": index, "size": _size(folder), "rss": _rss(), "change": milliseconds(change)["p50"], "engine": milliseconds(engine),
        "path": milliseconds(path), "page": milliseconds(page), "hits": hits / len(asked),
    }  # fmt: skip


def stock(folder: Path, number: int) -> dict[str, Any]:
    """haystack as it comes: AutoQuery over one field, cards from the database."""
    from dailyfresh_goods.models import SKU
    from django.core.management import call_command
    from haystack.inputs import AutoQuery
    from haystack.query import SearchQuerySet

    started = CLOCK()
    call_command("rebuild_index", interactive=False, verbosity=0, batchsize=5000)
    index = CLOCK() - started
    path, hits = [], 0

    def find(text: str) -> int:
        found = SearchQuerySet().filter(content=AutoQuery(text))
        keys = [result.pk for result in found[:20]]
        list(SKU.objects.filter(pk__in=keys, on_sale=True).select_related("type"))
        return len(found)

    asked = queries(number)
    for text in asked[:10]:
        find(text)
    for text in asked:
        hits += _timed(path, lambda text=text: find(text))
    return {"index": index, "size": _size(folder), "rss": _rss(), "path": milliseconds(path), "hits": hits / len(asked)}
