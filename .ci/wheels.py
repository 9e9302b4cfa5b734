"""Installs packages of this repository as the wheels that a site would get: `wheels.py dailyfresh-core dailyfresh-cart[all]`.

A wheel is built once for what stands in its folder, however many environments of tox want it, and at whatever time: it lies in .tox/wheels
under a digest of its sources and of what makes its stubs. uv's own cache knows a folder by its name: environments that built one at once spoiled it for each other.
"""

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

ROOT = Path(__file__).resolve().parent.parent
WHEELS = ROOT / ".tox" / "wheels"
STORE = "dailyfresh-store"


def sources(folder: Path) -> Iterator[Path]:
    """Whatever may be in the wheel; the store's is made of all that git would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."]
    names = subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True).stdout.split("\0")
    return (folder / name for name in sorted(names) if name and (folder / name).is_file())


def wheel(name: str) -> Path:
    folder = ROOT / "example_project" if name == STORE else ROOT / "packages" / name
    digest = hashlib.sha256((ROOT / ".ci" / "stubs.py").read_bytes())
    for path in sources(folder):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    built = WHEELS / f"{name}-{digest.hexdigest()[:16]}"
    WHEELS.mkdir(parents=True, exist_ok=True)
    with (WHEELS / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            aside = Path(mkdtemp(dir=WHEELS))
            subprocess.run(["uv", "build", "--quiet", "--wheel", "--out-dir", aside, folder], check=True)
            aside.rename(built)
    [found] = built.glob("*.whl")
    return found


def main() -> None:
    wanted = [f"{asked} @ {wheel(asked.partition('[')[0]).as_uri()}" for asked in sys.argv[1:]]
    subprocess.run(["uv", "pip", "install", "--quiet", *wanted], check=True)


if __name__ == "__main__":
    main()
