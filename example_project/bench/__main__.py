"""The store beside the original, request by request, in processor time: `make bench-store [BENCH=…]`.

Both shops sell the same 10,000 goods from one uwsgi process each, with DEBUG off and lasting connections, on the MariaDB of DATABASE_URL and
a Redis of their own. `original/` is what students wrote for these requirements, written again from its description: Django's own middleware,
its sessions in Redis, a query for each line. What is measured is the processor time of one request, in the shop's process, in what serves its
connection to the database, and in its Redis: the smallest of ROUNDS rounds, in which the shops take turns, so that a busy machine
changes little. Each answer has to be a good one. No worker runs: what a request leaves to one is told to
Redis, and stays there. Exit status 1: an aim is missed.

BENCH=--growth measures the shop small and large, --beside while all pages are made anew, --two in one process and in two.
BENCH says which rows, by a part of their names (BENCH='cart add'), or all; BENCH=--quick takes two rounds of half as many requests, for a look within
three minutes where the whole takes up to ten.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from .beside import beside
from .growth import grown
from .rows import QUICK, ROUNDS, ROWS, measured
from .shops import Original, Ours, Shop
from .sites import running
from .two import doubled

MODES = {"growth": grown, "beside": beside, "two": doubled}


def main() -> None:
    missing = [name for name in ("redis-server", "redis-cli") if not shutil.which(name)]
    if not os.environ.get("DATABASE_URL", "").startswith("mysql"):
        missing.append("DATABASE_URL of a MariaDB (`make services`)")
    if missing:
        sys.exit(f"bench-store needs {', '.join(missing)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left running
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("rows", nargs="*")
    parser.add_argument("--quick", action="store_true")
    for mode in MODES:
        parser.add_argument(f"--{mode}", action="store_true")
    asked = parser.parse_args()
    rows = [row for row in ROWS if not asked.rows or any(word in row.name for word in asked.rows)]
    rounds = QUICK if asked.quick else ROUNDS
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-store-")))
        for mode, done in MODES.items():
            if getattr(asked, mode):
                sys.exit(done(stack, place, rows, rounds))
        shops: list[Shop] = [
            Ours(stack.enter_context(running("ours", "config.wsgi:application", place / "ours"))),
            Original(stack.enter_context(running("original", "django.core.wsgi:get_wsgi_application()", place / "original"))),
        ]  # fmt: skip
        for shop in shops:
            shop.open()
            shop.times = shop.times // 2 if asked.quick else shop.times
        costs = measured(rows, shops, rounds)
    print(f"{'CPU ms a request':<22}{'ours':>7}{'python':>8}{'db':>6}{'redis':>7}{'original':>10}{'ratio':>7}  aim")
    missed = 0
    for row in rows:
        ours, theirs = costs[row.name, "ours"], costs.get((row.name, "original"))
        ratio = theirs.whole / ours.whole if theirs else None
        verdict = row.verdict(
            ours.whole, ratio, {name: cost.whole for (name, site), cost in costs.items() if site == "ours"}
        )
        missed += verdict.endswith("missed")
        print(
            f"{row.name:<22}{ours.whole:>7.2f}{ours.python:>8.2f}{ours.database:>6.2f}{ours.redis:>7.2f}"
            f"{f'{theirs.whole:.2f}' if theirs else '':>10}{f'{ratio:.2f}' if ratio else '':>7}  {verdict}"
        )
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
