"""Real processes that do the same at one moment, on a real server."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .databases import own_database, service


def race(
    processes: int,
    work: Callable[[int], object],
    *,
    refusals: tuple[type[Exception], ...],
    kill_after: float | None = None,
) -> list[int]:
    """`work(number)` in so many forks of this process at once -> [came through, refused, failed, killed]; what failed is on stderr."""
    from django.db import connection

    connection.close()
    start = time.time() + 0.7
    children = []
    for number in range(processes):
        if child := os.fork():
            children.append(child)
            continue
        code = 0
        try:
            random.seed(number)
            time.sleep(max(0, start - time.time()))
            work(number)
        except refusals:
            code = 1
        except BaseException as error:  # noqa: BLE001 - a fork must not run on as if it were its parent
            sys.stderr.write(f"{number}: {error!r}\n")
            sys.stderr.flush()
            code = 2
        os._exit(code)
    if kill_after:
        time.sleep(max(0, start - time.time()) + kill_after)
        for child in children:
            os.kill(child, signal.SIGKILL)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    return [codes.count(0), codes.count(1), codes.count(2), sum(code < 0 for code in codes)]


@contextmanager
def racers(variable: str, name: str, folder: Path) -> Iterator[Callable[..., dict[str, Any]]]:
    """Gives `run(scenario, **environ)`: what `racers.py` of this folder prints as JSON, in a database of its own on the server at `variable`."""
    with own_database(service(variable), f"{name}_{os.getpid()}") as url:
        site = {
            "DJANGO_SETTINGS_MODULE": "minisite.racing",
            "PYTHONPATH": str(folder),
            "MINISITE_DATABASE_URL": url,
        }
        migrate = [sys.executable, "-m", "django", "migrate", "-v0"]
        subprocess.run(migrate, env=os.environ | site, check=True, timeout=300)  # noqa: S603

        def run(scenario: str, **environ: str) -> dict[str, Any]:
            done = subprocess.run(  # noqa: S603
                [sys.executable, str(folder / "racers.py"), scenario],
                env=os.environ | site | environ,
                capture_output=True,
                text=True,
                timeout=600,
            )
            assert not done.stderr, done.stderr[-3000:]
            return dict(json.loads(done.stdout))

        yield run
