"""Orders per second of each stock strategy, beside a hand-written ORM function and the bare SQL: `make bench-orders`.

Needs DATABASE_URL to point at a MariaDB or PostgreSQL; makes a database of its own there and drops it. Everything runs in the same minute, in turns, so
that a machine that slows down slows all contenders. Options: --seconds, --rounds, --processes, --skus.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

from dailyfresh_core.testing import own_database

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests"
STOCK = "dailyfresh_orders.stock"
STRATEGIES = {
    "pessimistic": f"{STOCK}.pessimistic.PessimisticStock",
    "optimistic": f"{STOCK}.optimistic.OptimisticStock",
    "conditional": f"{STOCK}.conditional.ConditionalStock",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--lines", type=int, default=1)
    options = parser.parse_args()
    if not (server := os.environ.get("DATABASE_URL")):
        sys.exit("bench-orders needs DATABASE_URL (mysql:// or postgresql://user:password@host:port/name)")
    with own_database(server, f"orders_bench_{os.getpid()}") as address:
        environment = os.environ | {
            "MINISITE_DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "minisite.settings",
            "PYTHONPATH": f"{TESTS}{os.pathsep}{HERE}",
        }
        migrate = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--skip-checks"]
        subprocess.run(migrate, env=environment, cwd=TESTS, check=True)
        run(environment, options)


def run(environment: dict[str, str], options: argparse.Namespace) -> None:
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
            figures: dict[tuple[str, str], list[float]] = {each: [] for each in contenders}
            for _ in range(options.rounds):
                for contender, strategy in contenders:
                    figures[contender, strategy].append(
                        rate(environment, contender, strategy, processes, skus, options.seconds, options.lines)
                    )
            table(f"{processes} buyer processes, {what}, {options.lines} lines", figures)


def rate(
    environment: dict[str, str], contender: str, strategy: str, processes: int, skus: int, seconds: float, lines: int
) -> float:
    command = [sys.executable, "-m", "buying", contender, str(processes), str(skus), str(seconds), str(lines)]
    more = {"MINISITE_STOCK": STRATEGIES[strategy], "BENCH_STRATEGY": strategy}
    done = subprocess.run(command, env=environment | more, cwd=HERE, check=True, capture_output=True, text=True)
    return float(done.stdout)


def table(title: str, figures: dict[tuple[str, str], list[float]]) -> None:
    median = {each: statistics.median(values) for each, values in figures.items()}
    print(f"\n{title}: orders/s (median)\n")
    print("| | " + " | ".join(STRATEGIES) + " |\n|---|" + "---|" * len(STRATEGIES))
    for contender in ("place_order", "hand-written ORM", "bare SQL"):
        cells = [f"{median[contender, name]:,.0f}" if (contender, name) in median else "" for name in STRATEGIES]
        print(f"| {contender} | " + " | ".join(cells) + " |")
    shares = [f"{median['place_order', name] / median['hand-written ORM', name]:.2f}" for name in STRATEGIES]
    print("| place_order / hand-written | " + " | ".join(shares) + " |", flush=True)


if __name__ == "__main__":
    main()
