"""Runs tox over what this machine has, two environments at a time, and says what ran, what was skipped and why.

    test.py            each package alone on every Python found, the store on SQLite and on MariaDB, lint, the browser
    test.py --prove    the long proofs only, one after the other

A package never runs beside itself, and each has a Redis database of its own, so that two runs cannot meet there.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).resolve().parent.parent
TOX = Path(sys.executable).with_name("tox")
LOGS = ROOT / ".tox" / "logs"
DJANGO = {"311": "52", "312": "60", "313": "61", "314": "61"}
PACKAGES = ["orders", "goods", "users", "cart", "fdfs", "core", "alipay"]  # the slowest first
STRICT = os.environ.get("REQUIRE_SERVICES") == "1"
say = Lock()


def interpreters() -> tuple[list[str], list[str]]:
    """The versions that run here and those that do not; pyenv's folders are put on PATH, its shims are no use to tox."""
    folders = [str(folder) for folder in sorted(Path("~/.pyenv/versions").expanduser().glob("3.*/bin"))]
    os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *folders])
    found, missing = [], []
    for version in DJANGO:
        name = f"python3.{version[1:]}"
        candidates = [folder for folder in os.environ["PATH"].split(os.pathsep) if "shims" not in folder]
        program = shutil.which(name, path=os.pathsep.join(candidates))
        works = (
            program and subprocess.run([program, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0
        )
        (found if works else missing).append(version)
    return found, missing


class Run:
    """One tox environment."""

    def __init__(
        self,
        env: str,
        *,
        number: int,
        environ: dict[str, str] | None = None,
        args: tuple[str, ...] = (),
        label: str = "",
    ):
        self.env, self.label, self.args = env, label or env, args
        self.environ = {**os.environ, **(environ or {})}
        if redis := self.environ.get("REDIS_URL"):
            self.environ["REDIS_URL"] = re.sub(r"/\d*$", "", redis) + f"/{number}"
        self.ok, self.seconds, self.summary, self.skips, self.counts = False, 0.0, "", [], (0, 0, 0)

    def __call__(self) -> None:
        started = time.monotonic()
        log = LOGS / f"{self.label}.log"
        with log.open("w") as out:
            command = [str(TOX), "run", "-e", self.env, *(["--", *self.args] if self.args else [])]
            code = subprocess.run(
                command, cwd=ROOT, env=self.environ, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            ).returncode
        self.seconds = time.monotonic() - started
        text = log.read_text(errors="replace")
        lines = re.findall(r"^=+ (.*(?:passed|failed|error|skipped|no tests).*) in [\d.]+s", text, re.M)
        self.summary = "; ".join(lines)
        count = lambda word: sum(int(n) for line in lines for n in re.findall(rf"(\d+) {word}", line))  # noqa: E731
        self.counts = (count("passed"), count("failed") + count("error"), count("skipped"))
        self.skips = re.findall(r"^SKIPPED \[\d+\] (.*)$", text, re.M)
        # A run without a test is no success, and neither is a skip where services were promised.
        wants_tests = self.env != "lint"
        unserved = [skip for skip in self.skips if "needs" in skip]
        self.ok = code == 0 and (not wants_tests or self.counts[0] > 0) and not (STRICT and unserved)
        with say:
            print(f"{'ok  ' if self.ok else 'FAIL'} {self.label:24} {self.seconds:6.1f} s  {self.summary}", flush=True)
            if not self.ok:
                print("\n".join(text.splitlines()[-120:]), flush=True)


def stage(name: str, runs: list[Run], *, lanes: int) -> float:
    """Runs them, those of one package in order, `lanes` packages at a time; returns the seconds it took."""
    started = time.monotonic()
    print(f"--- {name}", flush=True)
    queues: dict[str, list[Run]] = {}
    for run in runs:
        queues.setdefault(run.env.split("-")[0], []).append(run)
    with ThreadPoolExecutor(lanes) as pool:
        for future in [pool.submit(lambda queue=queue: [run() for run in queue]) for queue in queues.values()]:
            future.result()
    return time.monotonic() - started


def main() -> int:
    LOGS.mkdir(parents=True, exist_ok=True)
    found, missing = interpreters()
    if not found:
        print("No Python 3.11 or newer with venv was found.")
        return 1
    if os.environ.get("DATABASE_URL"):
        os.environ["MYSQL_CLIENT"] = "mysqlclient>=2.2.4"
    envs = {
        name: [f"{name}-py{v}" if name == "alipay" else f"{name}-py{v}-dj{DJANGO[v]}" for v in found]
        for name in [*PACKAGES, "store"]
    }
    number = {name: index for index, name in enumerate([*PACKAGES, "store", "browser", "lint"], start=1)}
    if "--prove" in sys.argv:
        stages = {
            "proofs": (
                [
                    Run(envs[name][0], number=number[name], args=("-m", "prove"))
                    for name in PACKAGES
                    if name not in ("core", "alipay")
                ],
                1,
            )
        }
    else:
        sqlite = {"DATABASE_URL": "", "REDIS_URL": "", "BROKER_URL": ""}
        store = [Run(env, number=number["store"], environ=sqlite, label=f"{env}-sqlite") for env in envs["store"]]
        if os.environ.get("DATABASE_URL"):
            store.append(Run(envs["store"][0], number=number["store"], label=f"{envs['store'][0]}-mariadb"))
        stages = {
            "lint and packages": (
                [Run("lint", number=number["lint"])]
                + [Run(env, number=number[name]) for name in PACKAGES for env in envs[name]],
                2,
            ),
            "store": (store, 1),
            "browser": ([Run("browser", number=number["browser"], environ=sqlite)], 1),
        }
    seconds = {name: stage(name, runs, lanes=lanes) for name, (runs, lanes) in stages.items()}
    runs = [run for group, _ in stages.values() for run in group]

    print("--- what ran")
    print("interpreters: " + ", ".join(f"3.{v[1:]} with Django {DJANGO[v][0]}.{DJANGO[v][1]}" for v in found))
    if missing:
        print("not on this machine: " + ", ".join(f"3.{v[1:]}" for v in missing))
    for name, taken in seconds.items():
        print(f"{taken:7.1f} s  {name}")
    skips = sorted({re.sub(r"^\S+: ", "", skip) for run in runs for skip in run.skips})
    if not os.environ.get("DATABASE_URL") and "--prove" not in sys.argv:
        skips.append("the store on MariaDB: needs DATABASE_URL")
    for skip in skips:
        print(f"skipped: {skip}")
    if any("needs" in skip for skip in skips):
        print('What needs a service runs after: make services && eval "$(.ci/services env)" && make test')
    failed = [run.label for run in runs if not run.ok]
    if failed:
        print("failed: " + ", ".join(failed))
    passed, broken, skipped = (sum(run.counts[i] for run in runs) for i in range(3))
    print(f"{passed} passed, {broken or len(failed)} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
