"""The shop while all its pages are made anew: `make bench-store BENCH=--beside`. What a buyer waits is to stay as it was.

`build_pages --jobs 2` is halted and let go on in turns, so that what else the machine does is the same for both. Judged is the p95 of all requests
together, each beside the median that its kind takes while nothing is made.
"""

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

from .rows import BARE, Row
from .shops import Ours
from .sites import PROJECT, running

MOST = 1.2
TURNS = 3
"""Of each row, in each round."""


def beside(stack: ExitStack, place: Path, rows: list[Row], rounds: int) -> int:
    """Print what each row waits alone and beside; 1 when the p95 of all is more than MOST times as much."""
    site = stack.enter_context(running("ours", "config.wsgi:application", place / "ours"))
    shop = Ours(site)
    shop.open()
    waits: dict[tuple[str, bool], list[float]] = defaultdict(list)
    making: subprocess.Popen[bytes] | None = None
    for number in range(rounds + 1):
        for row in (row for row in rows if row.name != BARE):
            for turn in range(TURNS * 2):
                if making is None or making.poll() is not None:
                    making = made(site.environment)
                    stack.callback(ended, making)
                busy = bool(turn % 2)
                os.killpg(making.pid, signal.SIGCONT if busy else signal.SIGSTOP)
                time.sleep(0.05)
                site.waits.clear()
                row.ask(shop)
                if number:
                    waits[row.name, busy] += site.waits
    print(f"{'ms until the answer':<22}{'p50 alone':>10}{'beside':>8}{'p95 alone':>11}{'beside':>8}")
    parts: dict[bool, list[float]] = {False: [], True: []}
    for row in (row for row in rows if row.name != BARE):
        usual = median(waits[row.name, False])
        for busy, part in parts.items():
            part += [wait / usual for wait in waits[row.name, busy]]
        shown = [at(waits[row.name, busy]) * 1000 for at in (median, p95) for busy in (False, True)]
        print(f"{row.name:<22}{shown[0]:>10.1f}{shown[1]:>8.1f}{shown[2]:>11.1f}{shown[3]:>8.1f}")
    ratio = p95(parts[True]) / p95(parts[False])
    print(f"p95 of all beside: {ratio:.2f} x, aim ≤ {MOST} x{'  missed' if ratio > MOST else ''}")
    return int(ratio > MOST)


def p95(waits: list[float]) -> float:
    return quantiles(waits, n=20)[-1]


def made(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """All pages being made, in a process group of their own."""
    command = [sys.executable, "-W", "ignore", "manage.py", "build_pages", "--jobs", "2", "--verbosity", "0"]
    return subprocess.Popen(command, cwd=PROJECT, env=environment, start_new_session=True)


def ended(making: subprocess.Popen[bytes]) -> None:
    if making.poll() is None:
        os.killpg(making.pid, signal.SIGKILL)
        making.wait()
