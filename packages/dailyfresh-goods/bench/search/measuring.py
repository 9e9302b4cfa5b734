"""What is timed of one engine: `python -m bench.search.measuring FOLDER ENGINE QUERIES`, or `FOLDER fill SIZE` before."""

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from .catalogue import fill, queries

ENGINES = {
    "whoosh + jieba": ("dailyfresh_goods.search.engines.whoosh.Engine", False),
    "whoosh + rjieba": ("dailyfresh_goods.search.engines.whoosh.Engine", True),
    "tantivy + rjieba": ("dailyfresh_goods.search.engines.tantivy.Engine", True),
    "haystack stock": ("haystack.backends.whoosh_backend.WhooshEngine", False),
}
"""Name -> engine, and whether rjieba cuts the words."""


def configure(folder: Path, engine: str) -> None:
    """Django over the database and the index in `folder`."""
    import django
    from django.conf import settings

    stock = engine.startswith("haystack.")
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=[
            "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages",
            "dailyfresh_core", "dailyfresh_goods", "bench.search" if stock else "dailyfresh_goods.search", "haystack",
        ],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.messages.middleware.MessageMiddleware"],
        ROOT_URLCONF="bench.search.urls",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "db.sqlite3")}},
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        HAYSTACK_CONNECTIONS={"default": {"ENGINE": engine, "PATH": str(folder / "index")}},
        HAYSTACK_LIMIT_TO_REGISTERED_MODELS=False,
        STATIC_URL="/static/",
        USE_TZ=True,
    )  # fmt: skip
    django.setup()


def milliseconds(samples: list[float]) -> list[float]:
    """The median and the 95th percentile."""
    ordered = sorted(samples)
    return [ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.95)]


def _rss() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _size(folder: Path) -> float:
    return sum(file.stat().st_size for file in (folder / "index").rglob("*") if file.is_file()) / 2**20


CLOCK = time.process_time if os.environ.get("BENCH_CPU") else time.perf_counter
"""CPU time of the process instead of the time on the wall, for a machine that others use too."""


def _timed(samples: list[float], call: Any) -> Any:
    started = CLOCK()
    result = call()
    samples.append(CLOCK() - started)
    return result


def ours(folder: Path, number: int) -> dict[str, Any]:
    """The package's own engines."""
    from dailyfresh_goods.models import SKU, StaleDocument
    from dailyfresh_goods.search.indexing import backend_of, drain, rebuild
    from dailyfresh_goods.search.results.finding import Refinement, find
    from dailyfresh_goods.search.words.segmentation import segmenter
    from django.test import Client

    segmenter()
    started = CLOCK()
    rebuild()
    index = CLOCK() - started
    asked = queries(number)
    engine, path, page, hits = [], [], [], 0
    backend = backend_of("default")
    plain_search = backend.search

    def search(*args: Any, **options: Any) -> Any:
        began = CLOCK()
        try:
            return plain_search(*args, **options)
        finally:
            engine.append(CLOCK() - began)

    for text in asked[:40]:
        find(text, Refinement())
    backend.search = search
    for text in asked:
        hits += _timed(path, lambda text=text: find(text, Refinement())).number
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
        "index s": index, "MiB": _size(folder), "RSS MiB": _rss(), "change ms": milliseconds(change)[0], "engine": milliseconds(engine),
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
    return {
        "index s": index,
        "MiB": _size(folder),
        "RSS MiB": _rss(),
        "path": milliseconds(path),
        "hits": hits / len(asked),
    }


def main(where: str, what: str, number: str) -> None:
    folder = Path(where)
    engine, fast = ENGINES.get(what, ENGINES["whoosh + jieba"])
    if not fast:
        sys.modules["rjieba"] = None  # type: ignore[assignment]
    configure(folder, engine)
    if what == "fill":
        fill(int(number))
        print("{}")
    else:
        print(json.dumps((stock if engine.startswith("haystack.") else ours)(folder, int(number))))


if __name__ == "__main__":
    main(*sys.argv[1:])
