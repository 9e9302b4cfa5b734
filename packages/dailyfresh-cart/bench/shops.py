"""The same requests to two sites that run as sites run: ours, and django-oscar's."""

import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from dailyfresh_core.testing import own_database

from .shoppers import BEFORE, PAGES, SHOPPERS

HERE = Path(__file__).resolve().parent
CONNECTIONS, ROUNDS, SECONDS = 8, 3, 8
NAMES = [*(f"page {n}" for n in PAGES), "add"]
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Shop:
    """A running site; `rounds` is name -> what each round counted."""

    name: str
    port: int
    requests: Path
    log: Path
    master: int
    line: str
    quantity: str
    rounds: dict[str, list[dict[str, float]]] = field(default_factory=dict)

    def first(self, name: str) -> list[str]:
        """Method, path, cookies and body of the first shopper's request of that name."""
        lines = self.requests.read_text(encoding="utf-8").splitlines()
        return next(line for line in lines if line.startswith(name + "\t")).split("\t")[1:]

    def html(self, name: str) -> str:
        """The cart page of the first shopper of that name."""
        _method, page, *_ = self.first("page 1")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", page, headers={"Cookie": self.first(name)[2]})
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            sys.exit(f"{self.name}: the cart page answers {answer.status}\n{text[:2000]}")
        return text

    def added(self) -> int:
        """How many pieces of what is added the first adder has."""
        return int(re.findall(self.quantity, self.html("add"))[BEFORE])

    def measure(self, name: str, seconds: int) -> dict[str, float]:
        """What wrk counts in so many seconds, and the processor time of one request in ms."""
        spent = self.processor()
        done = subprocess.run(
            ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "-s", str(HERE / "requests.lua"), f"http://127.0.0.1:{self.port}"],
            env=os.environ | {"BENCH_NAME": name, "BENCH_REQUESTS": str(self.requests)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        if found["errors"] > found["requests"] / 100:
            sys.exit(
                f"{self.name}, {name}: {found['errors']:.0f} errors\n{done.stdout}\n{self.log.read_text()[-4000:]}"
            )
        return found | {"cpu": (self.processor() - spent) * 1000 / max(1, found["requests"])}

    def processor(self) -> float:
        """Seconds of processor time that the site's two processes have taken."""
        workers = Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in workers]
        return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICK

    def prove(self) -> None:
        """That the requests do what they are measured for: pages hold their lines, and an add adds."""
        for n in PAGES:
            if (shown := len(re.findall(self.line, self.html(f"page {n}")))) != n:
                sys.exit(f"{self.name}: the page of {n} lines shows {shown}")
        self.measure("add", 1)  # the line is there from now on
        before, found = self.added(), self.measure("add", 1)
        if (more := self.added() - before) < found["requests"] // SHOPPERS - 1:
            sys.exit(f"{self.name}: {found['requests']:.0f} adds gave the first of {SHOPPERS} shoppers {more} pieces")


@contextmanager
def running(folder: str, python: str, line: str, quantity: str) -> Iterator[Shop]:
    """The site of this folder in two uwsgi processes, on a database of its own that is dropped afterwards."""
    import redis

    name, database = f"cart_bench_{os.getpid()}_{folder}", ExitStack()
    address = database.enter_context(own_database(os.environ["DATABASE_URL"], name))
    place = Path(tempfile.mkdtemp(prefix="cart-bench-"))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": f"bench.{folder}.settings",
        "BENCH_DATABASE": address,
        "BENCH_PREFIX": name,
        "BENCH_DIR": str(place),
        "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE.parent / "tests")]),
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    requests, log, uwsgi, site = place / "requests.txt", place / "log", Path(sys.prefix, "bin", "uwsgi"), None
    try:
        subprocess.run([python, "-m", f"bench.{folder}.prepare", str(requests)], env=environment, check=True)
        site = subprocess.Popen(
            [
                str(uwsgi) if uwsgi.exists() else "uwsgi", "--http-socket", f"127.0.0.1:{port}", "--virtualenv", str(Path(python).parent.parent),
                "--module", "django.core.wsgi:get_wsgi_application()", "--master", "--processes", "2", "--need-app", "--listen", "100",
                "--disable-logging", "--add-header", "Connection: close",
            ],
            env=environment, stdout=subprocess.DEVNULL, stderr=log.open("wb"),
        )  # fmt: skip
        shop = Shop(folder, port, requests, log, site.pid, line, quantity)
        for _ in range(300):  # uwsgi listens before it has loaded the site; its first answer waits for that
            try:
                shop.html("page 1")
                break
            except OSError:
                time.sleep(0.1)
        shop.prove()
        yield shop
    finally:
        if site:
            site.send_signal(signal.SIGQUIT)
            site.wait(20)
        database.close()
        client = redis.Redis.from_url(os.environ["REDIS_URL"])
        for key in client.scan_iter(match=f"*{name}:*", count=1000):
            client.delete(key)
        shutil.rmtree(place, ignore_errors=True)


def compare() -> None:
    """Both shops in turns, request by request; medians of the rounds."""
    oscar = os.environ.get("OSCAR_PYTHON")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left running
    with ExitStack() as stack:
        shops = [
            stack.enter_context(running("books", sys.executable, r"data-cart-line=", r'name="quantity-[^"]*" value="(\d+)"'))
        ]  # fmt: skip
        if oscar:
            quantity = r'name="form-\d+-quantity" value="(\d+)"'
            shops.append(stack.enter_context(running("oscar", oscar, quantity, quantity)))
        for shop in shops:
            for name in NAMES:
                shop.measure(name, 2)
        for _ in range(ROUNDS):
            for name in NAMES:
                for shop in shops:
                    shop.rounds.setdefault(name, []).append(shop.measure(name, SECONDS))
    print(
        f"\n{f'a site: uwsgi x2, {CONNECTIONS} connections':<32}{'req/s':>8}{'CPU ms':>8}{'p50 ms':>8}{'p95 ms':>8}{'KB':>6}{'errors':>8}"
    )
    for name in NAMES:
        medians = [
            {key: statistics.median(each[key] for each in shop.rounds[name]) for key in shop.rounds[name][0]}
            for shop in shops
        ]
        for shop, found in zip(shops, medians, strict=True):
            print(
                f"{f'{name}, {shop.name}':<32}{found['rate']:>8.1f}{found['cpu']:>8.2f}"
                f"{found['p50']:>8.1f}{found['p95']:>8.1f}{found['bytes'] / 1024:>6.1f}{found['errors']:>8.0f}"
            )
        if oscar:
            ours, theirs = medians
            print(f"{'  ratio':<32}{ours['rate'] / theirs['rate']:>8.1f}{theirs['cpu'] / ours['cpu']:>8.1f}")
    if not oscar:
        print("django-oscar: not measured (OSCAR_PYTHON names no interpreter that has it)")
