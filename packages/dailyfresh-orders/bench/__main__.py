"""Orders per second of each stock strategy, and the ms of CPU it takes buyer and server, beside a hand-written ORM function and the bare SQL: `make bench-orders`.

Needs DATABASE_URL to point at a MariaDB or PostgreSQL, and takes POSTGRES_URL beside it; makes a database of its own on each and drops it.
Everything runs in the same minute, in turns, so that a machine that slows down slows all contenders. Options: --seconds, --rounds, --processes,
--lines.
"""

import argparse
import os
import statistics
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from dailyfresh_core.testing import own_database

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests"
STOCK = "dailyfresh_orders.stock"
STRATEGIES = {
    "pessimistic": f"{STOCK}.pessimistic.PessimisticStock",
    "optimistic": f"{STOCK}.optimistic.OptimisticStock",
    "conditional": f"{STOCK}.conditional.ConditionalStock",
}


class Figures(NamedTuple):
    """Orders/s of all buyers, and the ms of CPU an order takes: of the buyer's process, and of what serves it in the server."""

    rate: float
    buyer: float
    server: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--lines", type=int, default=1)
    options = parser.parse_args()
    urls = list(dict.fromkeys(filter(None, map(os.environ.get, ("DATABASE_URL", "POSTGRES_URL")))))
    if not urls:
        sys.exit("bench-orders needs DATABASE_URL (mysql:// or postgresql://user:password@host:port/name)")
    with ExitStack() as made:
        servers = {}
        for url in urls:
            name = "PostgreSQL" if url.startswith("postgres") else "MariaDB"
            servers[name] = prepared(made.enter_context(own_database(url, f"orders_bench_{os.getpid()}")))
        run(servers, options)


def prepared(address: str) -> dict[str, str]:
    """The environment of the contenders on that database, which gets its tables."""
    environment = os.environ | {
        "MINISITE_DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "minisite.settings",
        "PYTHONPATH": f"{TESTS}{os.pathsep}{HERE}",
    }
    migrate = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--skip-checks"]
    subprocess.run(migrate, env=environment, cwd=TESTS, check=True)
    return environment


def run(servers: dict[str, dict[str, str]], options: argparse.Namespace) -> None:
    contenders = [
        *(("place_order", name) for name in STRATEGIES),
        *(("hand-written ORM", name) for name in STRATEGIES),
        ("bare SQL", "pessimistic"),
        ("bare SQL", "conditional"),
    ]
    for processes in options.processes:
        for skus, what in ((1, "one hot SKU"), (200, "200 SKUs")):
            if options.lines > skus:
                continue
            turns = [(server, *each) for each in contenders for server in servers]
            figures: dict[tuple[str, str, str], list[Figures]] = {turn: [] for turn in turns}
            for _ in range(options.rounds):
                for server, contender, strategy in turns:
                    figures[server, contender, strategy].append(
                        rate(servers[server], contender, strategy, processes, skus, options.seconds, options.lines)
                    )
            for server in servers:
                own = {each: figures[server, *each] for each in contenders}
                table(f"{server}, {processes} buyer processes, {what}, {options.lines} lines", own)


def rate(
    environment: dict[str, str], contender: str, strategy: str, processes: int, skus: int, seconds: float, lines: int
) -> Figures:
    command = [sys.executable, "-m", "buying", contender, str(processes), str(skus), str(seconds), str(lines)]
    more = {"MINISITE_STOCK": STRATEGIES[strategy], "BENCH_STRATEGY": strategy}
    done = subprocess.run(command, env=environment | more, cwd=HERE, check=True, capture_output=True, text=True)
    return Figures(*map(float, done.stdout.split()))


def table(title: str, figures: dict[tuple[str, str], list[Figures]]) -> None:
    """Medians of the rates, and the least of the times: what a busy machine adds to a time is never less than nothing."""
    median = {each: statistics.median(each.rate for each in values) for each, values in figures.items()}
    buyer = {each: min(each.buyer for each in values) for each, values in figures.items()}
    server = {each: min(each.server for each in values) for each, values in figures.items()}
    print(f"\n{title}: orders/s (median); ms of CPU of the buyer + of the server\n")
    print("| | " + " | ".join(STRATEGIES) + " |\n|---|" + "---|" * len(STRATEGIES))
    for contender in ("place_order", "hand-written ORM", "bare SQL"):
        cells = [
            f"{median[contender, name]:,.0f}; {buyer[contender, name]:.2f} + {server[contender, name]:.2f}"
            if (contender, name) in median
            else ""
            for name in STRATEGIES
        ]
        print(f"| {contender} | " + " | ".join(cells) + " |")
    shares = [f"{median['place_order', name] / median['hand-written ORM', name]:.2f}" for name in STRATEGIES]
    print("| place_order / hand-written | " + " | ".join(shares) + " |", flush=True)


if __name__ == "__main__":
    main()
