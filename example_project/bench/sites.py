"""A shop that runs as a site runs, and what a request costs it: processor time of its process, its database and its Redis."""

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from dailyfresh_core.testing import database, own_database
from running.supervisor import free_port

PROJECT = Path(__file__).resolve().parents[1]
HOST = "shop.example"
SETTLED = 0.004
"""Seconds after an answer in which the process ends what it does for the request."""


@dataclass(frozen=True)
class Request:
    """One request of a buyer; `form` makes it a POST. `json` asks as a script does."""

    path: str
    form: dict[str, object] | None = None
    json: bool = False


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time of one request."""

    python: float
    database: float
    redis: float

    @property
    def whole(self) -> float:
        return self.python + self.database + self.redis


@dataclass
class Site:
    """A running shop; `buyers` is what each buyer's browser brings."""

    name: str
    port: int
    address: str
    redis_port: int
    log: Path
    processes: tuple[int, int]
    """Of uwsgi's master and of Redis."""
    buyers: dict[str, dict[str, str]]
    clocks: list[Callable[[], float]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    """Seconds from each request that was measured to its answer."""

    @property
    def environment(self) -> dict[str, str]:
        """Of its processes."""
        return environment_of("ours", self.address, f"redis://127.0.0.1:{self.redis_port}", self.log.parent)

    def ask(self, request: Request, buyer: str = "") -> tuple[int, str]:
        """Status and body of the answer; a buyer's form brings the token."""
        headers = {"Host": HOST, "X-Forwarded-Proto": "https", "Referer": f"https://{HOST}/"}
        headers["Accept"] = "application/json" if request.json else "text/html"
        headers["Accept-Encoding"] = "gzip"  # as every browser does
        body = None
        if buyer:
            headers["Cookie"] = self.buyers[buyer]["cookie"]
        if request.form is not None:
            body = urlencode({"csrfmiddlewaretoken": self.buyers[buyer]["token"], **request.form}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET" if body is None else "POST", request.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            zipped = answer.headers["Content-Encoding"] == "gzip"
            return answer.status, (gzip.decompress(content) if zipped else content).decode()
        finally:
            connection.close()

    def good(self, request: Request, buyer: str = "") -> str:
        """The body of an answer that has to be a good one."""
        status, text = self.ask(request, buyer)
        if status not in (200, 302) or '"res": 0' in text:
            sys.exit(f"{self.name}: {request.path} answers {status}\n{text[:2000]}\n{self.log.read_text()[-3000:]}")
        return text

    def cost(self, requests: list[Request], buyer: str, before: Callable[[], object]) -> Cost:
        """Of one of these requests, on average; `before` is done outside the measurement, before each."""
        spent = [0.0, 0.0, 0.0]
        for request in requests:
            before()
            time.sleep(SETTLED)
            started = [clock() for clock in self.clocks]
            began = time.perf_counter()
            self.good(request, buyer)
            self.waits.append(time.perf_counter() - began)
            time.sleep(SETTLED)
            spent = [sum_ + clock() - start for sum_, clock, start in zip(spent, self.clocks, started, strict=True)]
        return Cost(*(seconds * 1000 / len(requests) for seconds in spent))

    def watch(self) -> None:
        """Find the threads that serve this site; its connection to the database is open by now."""
        master, redis = self.processes
        workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        clocks = [process_clock(int(worker)) for worker in workers]
        self.clocks = [
            lambda: sum(clock() for clock in clocks), thread_clock(threads_of(self.address)), process_clock(redis)
        ]  # fmt: skip

    def redis(self, *words: str) -> None:
        subprocess.run(["redis-cli", "-p", str(self.redis_port), *words], check=True, stdout=subprocess.DEVNULL)


def process_clock(number: int) -> Callable[[], float]:
    """Seconds of processor time of another process, the threads that have ended too: what clock_getcpuclockid(3) gives, which Python lacks."""
    clock = ~number << 3 | 2
    return lambda: time.clock_gettime(clock)


def thread_clock(numbers: list[str]) -> Callable[[], float]:
    """The same of threads in whatever process."""
    files = [file for number in numbers for file in Path("/proc").glob(f"[0-9]*/task/{number}/schedstat")]
    return lambda: sum(int(file.read_text().split()[0]) for file in files) / 1e9


def threads_of(address: str) -> list[str]:
    """The threads of MariaDB that serve the connections to this database."""
    with server(address) as cursor:
        sql = "SELECT TID FROM information_schema.PROCESSLIST WHERE DB = %s AND ID <> CONNECTION_ID()"
        cursor.execute(sql, [database(address)["NAME"]])
        return [str(tid) for (tid,) in cursor.fetchall()]


@contextmanager
def server(address: str) -> Iterator[Any]:
    """A cursor of MariaDB in this database, past Django."""
    import MySQLdb  # a driver that not everybody has

    given = database(address)
    connection = MySQLdb.connect(
        host=given["HOST"], port=int(given["PORT"]), user=given["USER"], password=given["PASSWORD"],
        database=given["NAME"], autocommit=True,
    )  # fmt: skip
    try:
        yield connection.cursor()
    finally:
        connection.close()


@contextmanager
def running(name: str, module: str, place: Path, processes: int = 1, **more: str) -> Iterator[Site]:
    """The shop in one uwsgi process or several, on a database and a Redis of its own that are gone afterwards; `more` is for its environment."""
    place.mkdir()
    with own_database(os.environ["DATABASE_URL"], f"bench_store_{os.getpid()}_{place.name}") as address:
        port = free_port()
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(place)]
        with program(command) as redis:
            environment = environment_of(name, address, f"redis://127.0.0.1:{port}", place) | more
            buyers = prepared(name, environment)
            with served(name, module, environment, address, (redis, port), buyers, processes=processes) as site:
                yield site


def environment_of(name: str, address: str, redis: str, place: Path) -> dict[str, str]:
    return {
        **{key: value for key, value in os.environ.items() if not key.endswith("_URL")},
        "DJANGO_SETTINGS_MODULE": f"bench.{name}.settings",
        "DATABASE_URL": address,
        "REDIS_URL": f"{redis}/0",
        "CACHE_URL": f"{redis}/1",
        "BROKER_URL": f"{redis}/2",
        "SECRET_KEY": "bench" * 12,
        "SITE_URL": f"https://{HOST}",
        "VAR_DIR": str(place),
    }


def prepared(name: str, environment: dict[str, str]) -> dict[str, dict[str, str]]:
    """What each buyer's browser brings, once there are tables, goods and buyers."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.prepare", name]
    done = subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.PIPE)
    buyers: dict[str, dict[str, str]] = json.loads(done.stdout.splitlines()[-1])
    return buyers


@contextmanager
def served(
    name: str, module: str, environment: dict[str, str], address: str, redis: tuple[int, int],
    buyers: dict[str, dict[str, str]], project: Path = PROJECT, processes: int = 1,
) -> Iterator[Site]:  # fmt: skip
    """`redis` is its process and its port."""
    port, log = free_port(), Path(environment["VAR_DIR"], "log")
    command = [
        shutil.which("uwsgi", path=f"{sys.prefix}/bin{os.pathsep}{os.environ['PATH']}") or "uwsgi", "--http-socket", f"127.0.0.1:{port}",
        "--virtualenv", sys.prefix, "--chdir", str(project), "--module", module, "--master", "--processes", str(processes), "--lazy-apps", "--enable-threads", "--need-app",
        "--die-on-term", "--disable-logging", "--buffer-size", "65535", "--add-header", "Connection: close",
    ]  # fmt: skip
    with log.open("wb") as written, program(command, env=environment, stderr=written) as master:
        site = Site(name, port, address, redis[1], log, (master, redis[0]), buyers)
        wait(site)
        yield site


@contextmanager
def program(command: list[str], **more: Any) -> Iterator[int]:
    """Its process id, while it runs."""
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, **more)
    try:
        yield started.pid
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(20)


def wait(site: Site) -> None:
    """uwsgi listens before it has loaded the site; its first answer waits for that."""
    for _ in range(600):
        try:
            site.good(Request("/"))
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{site.name} does not answer\n{site.log.read_text()[-3000:]}")


def fields(html: str, form: str) -> dict[str, object]:
    """What a browser sends of the form with this id: its hidden fields, and what is chosen of each group."""
    (inside,) = re.findall(rf'<form[^>]*id="{form}".*?</form>', html, re.S)
    sent: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]*>", inside):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and ("radio" not in tag or "checked" in tag):
            sent[name[1]] = unescape(value[1])
    return sent
