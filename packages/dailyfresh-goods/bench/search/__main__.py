"""Search at 10,000 and 100,000 SKUs: index time, size and query times of each engine, in one run.

    python -m bench.search [--sizes 10000,100000] [--engines tantivy,...] [--queries 400]

Each engine runs in a process of its own, over the same SQLite file. "engine" is the engine's own search of the tree that the
query became, "path" all that the results page does but the template, "page" a GET of the page through Django's test client. With
BENCH_CPU=1 the CPU time of the process is taken instead of the time on the wall.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .measuring import ENGINES

COLUMNS = {"index s": 9, "MiB": 7, "RSS MiB": 9, "change ms": 11, "engine": 17, "path": 17, "page": 17, "hits": 9}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--queries", type=int, default=400)
    options = parser.parse_args()
    begun = time.perf_counter()
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory() as base:
            started = time.perf_counter()
            measured(base, "fill", str(size))
            print(f"\n{size:,} SKUs (written in {time.perf_counter() - started:.0f} s), milliseconds p50 / p95")
            print(" " * 18 + "".join(f"{name:>{width}}" for name, width in COLUMNS.items()))
            for name in options.engines.split(","):
                shutil.rmtree(Path(base, "index"), ignore_errors=True)
                print(f"{name:<18}{line(measured(base, name, str(options.queries)))}", flush=True)
    print(f"\n{time.perf_counter() - begun:.0f} s in all")


def measured(*arguments: str) -> dict[str, object]:
    """What `measuring` says, in a fresh process: Django is set up once in each."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.search.measuring", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{arguments}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def line(got: dict[str, object]) -> str:
    """One line of the table."""
    cells = []
    for name, width in COLUMNS.items():
        value = got.get(name)
        text = (
            "-"
            if value is None
            else " / ".join(f"{v:.2f}" for v in value)
            if isinstance(value, list)
            else f"{value:.1f}"
        )
        cells.append(f"{text:>{width}}")
    return "".join(cells)


if __name__ == "__main__":
    main()
