"""Search at 10,000 and 100,000 SKUs: index time, size and query times of each engine, in one run.

    python -m bench.search [--sizes 10000,100000] [--engines tantivy,...] [--queries 400]

Each engine runs in a process of its own, over the same SQLite file. "engine" is the engine's own search of the tree that the
query became, "path" all that the results page does but the template, "page" a GET of the page through Django's test client. With
BENCH_CPU=1 the CPU time of the process is taken instead of the time on the wall.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .catalogue import fill

ENGINES = {
    "whoosh + jieba": ("dailyfresh_goods.search.engines.whoosh.Engine", False),
    "whoosh + rjieba": ("dailyfresh_goods.search.engines.whoosh.Engine", True),
    "tantivy + rjieba": ("dailyfresh_goods.search.engines.tantivy.Engine", True),
    "haystack stock": ("haystack.backends.whoosh_backend.WhooshEngine", False),
}


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
            "dailyfresh_core", "dailyfresh_goods", "bench.search.stock" if stock else "dailyfresh_goods.search", "haystack",
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


def milliseconds(samples: list[float]) -> dict[str, float]:
    """The median and the 95th percentile."""
    ordered = sorted(samples)
    return {"p50": ordered[len(ordered) // 2] * 1000, "p95": ordered[int(len(ordered) * 0.95)] * 1000}


def measure(folder: Path, engine: str, queries: int) -> dict[str, object]:
    """One engine, in this process."""
    configure(folder, engine)
    from .measuring import ours, stock

    return stock(folder, queries) if engine.startswith("haystack.") else ours(folder, queries)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--child", nargs=2)
    options = parser.parse_args()
    if options.child:
        folder, name = options.child
        engine, fast = ENGINES[name]
        if not fast:
            sys.modules["rjieba"] = None  # type: ignore[assignment]
        print(json.dumps(measure(Path(folder), engine, options.queries)))
        return
    begun = time.perf_counter()
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory() as base:
            started = time.perf_counter()
            fill(Path(base) / "db.sqlite3", size)
            print(f"\n{size:,} SKUs (written in {time.perf_counter() - started:.0f} s), milliseconds p50 / p95")
            print(
                f"{'':<18}{'index s':>9}{'MiB':>7}{'RSS MiB':>9}{'change ms':>11}{'engine':>17}{'path':>17}{'page':>17}{'hits':>9}"
            )
            for name in options.engines.split(","):
                run(Path(base), name, options.queries)
    print(f"\n{time.perf_counter() - begun:.0f} s in all")


def run(folder: Path, name: str, queries: int) -> None:
    """One line of the table, measured in a fresh process with an index of its own."""
    index = folder / "index"
    subprocess.run(["rm", "-rf", str(index)], check=True)
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "bench.search",
        "--child",
        str(folder),
        name,
        "--queries",
        str(queries),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    if done.returncode:
        print(f"{name:<18} failed: {done.stderr.strip().splitlines()[-1]}")
        return
    got = json.loads(done.stdout.strip().splitlines()[-1])

    def pair(key: str) -> str:
        return f"{got[key]['p50']:.2f} / {got[key]['p95']:.2f}" if key in got else "-"

    print(
        f"{name:<18}{got['index']:>9.1f}{got['size'] / 2**20:>7.1f}{got['rss']:>9.0f}{got.get('change', float('nan')):>11.0f}"
        f"{pair('engine'):>17}{pair('path'):>17}{pair('page'):>17}{got['hits']:>9.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
