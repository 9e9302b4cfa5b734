"""Builds what is published, and judges it: `dist.py`, or `dist.py dailyfresh-cart` for one; the files lie in dist/.

dist.py [--tests] [NAME ...]    with `--tests` the tests of every source archive run, else those of one

The index must like it (twine). A wheel holds all that git has of the package, compiled translations too, and nothing else but stubs (`stubs.py`); a source
archive the tests, the documentation and the change log as well. Each wheel is installed alone, with what it needs, into an environment of its
own; there every module of it that needs no extra is imported, and a warning is an error. A source archive is unpacked outside the repository,
installed with its extra `test`, and its tests run there as they came, without a service.
"""

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from wheels import ROOT, sources

DIST = ROOT / "dist"
QUICK = "dailyfresh-delivery"
"""Whose tests run every time: they take the least, and stand on the core as most do."""
SEARCH = ["--rootdir", "tests/search", "-c", "tests/search/pytest.ini", "tests/search"]
SUITES = {"dailyfresh-goods": [[], SEARCH]}
"""What pytest is told, where it is more than nothing once."""
IMPORTS = """
import importlib, pkgutil, sys
import django
from django.conf import settings
name, apps = sys.argv[1], sys.argv[2:]
frame = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages", "django.contrib.admin"]
settings.configure(INSTALLED_APPS=[*frame, *apps], SECRET_KEY="x", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
django.setup()
package, lacking = importlib.import_module(name), set()
for module in pkgutil.walk_packages(package.__path__, name + "."):
    if any(part in module.name for part in (".testing", ".migrations", ".__main__")):
        continue
    try:
        importlib.import_module(module.name)
    except Exception as error:
        # An extra that is not installed says so in a sentence.
        if not isinstance(error, ImportError) and type(error).__name__ != "ImproperlyConfigured":
            raise
        if str(getattr(error, "name", None)).partition(".")[0] == name:
            raise
        lacking.add(str(error))
print(len(lacking), "modules need an extra")
"""


def built(folder: Path) -> tuple[Path, Path]:
    """(wheel, source archive) of a package."""
    place = DIST / folder.name
    subprocess.run(["uv", "build", "--quiet", "--out-dir", place, folder], check=True)
    [wheel], [archive] = place.glob("*.whl"), place.glob("*.tar.gz")
    return wheel, archive


def faults(folder: Path, wheel: Path, archive: Path) -> Iterator[str]:
    """What is missing and what is too much in the two files."""
    ours = {path.relative_to(folder).as_posix() for path in sources(folder)}
    src = {name.removeprefix("src/") for name in ours if name.startswith("src/") and not name.endswith(".po")}
    with zipfile.ZipFile(wheel) as file:
        packed = {name for name in file.namelist() if ".dist-info/" not in name and not name.endswith(".po")}
        licences = [name for name in file.namelist() if name.endswith("licenses/LICENSE")]
    yield from (f"{wheel.name} lacks {name}" for name in sorted(src - packed))
    made = {name for name in packed if name.endswith(".pyi") and name.removesuffix("i") in src}
    yield from (f"{wheel.name} has {name}, which git has not" for name in sorted(packed - src - made))
    if "hatch_build.py" in ours and not made:
        yield f"{wheel.name} has no stubs"
    if not licences:
        yield f"{wheel.name} has no licence"
    if not any(name.endswith("py.typed") for name in packed):
        yield f"{wheel.name} has no py.typed"
    with tarfile.open(archive) as file:
        unpacked = {name.partition("/")[2] for name in file.getnames()}
    wanted = {name for name in ours if name.startswith(("src/", "tests/")) or "/" not in name} - {".gitignore"}
    wanted |= {path.relative_to(folder).as_posix() for each in folder.glob("docs/*") for path in each.rglob("*.md")}
    if not re.search(r"^!\[.+\]\(.+\)$", (folder / "README.md").read_text(), re.M):
        yield f"{folder.name}/README.md has no picture"
    yield from (f"{archive.name} lacks {name}" for name in sorted(wanted - unpacked))


def alone(folder: Path, wheel: Path) -> str:
    """What importing the package says in an environment that has nothing else."""
    name = next(path.parent.name for path in (folder / "src").glob("*/__init__.py"))
    apps = [] if name == "alipay_simulator" else ["dailyfresh_core"] if name.startswith("dailyfresh_") else []
    apps += [name] if name not in ("alipay_simulator", "dailyfresh_core") else []
    with TemporaryDirectory() as place:
        python = Path(place) / "bin" / "python"
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, place], check=True)
        core = next((DIST / "dailyfresh-core").glob("*.whl"))
        wheels = [wheel] if apps[:1] != ["dailyfresh_core"] or core == wheel else [core, wheel]
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", python, *wheels], check=True)
        if name == "alipay_simulator":
            command = [python, "-W", "error", "-c", f"import {name}, {name}.__main__"]
        else:
            command = [python, "-W", "error", "-c", IMPORTS, name, *apps]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True)
    return done.stderr if done.returncode else ""


def tested(folder: Path, archive: Path) -> str:
    """What the tests of an archive say where nothing of the repository is; nothing if they pass."""
    others = [path for path in DIST.glob("*/*.tar.gz") if path.parent.name in (folder / "pyproject.toml").read_text()]
    with TemporaryDirectory() as place:
        with tarfile.open(archive) as file:
            file.extractall(place, filter="data")
        python = Path(place) / "environment" / "bin" / "python"
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, python.parents[1]], check=True)
        wanted = [f"{folder.name}[test] @ {archive.as_uri()}", *(other for other in others if other != archive)]
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", python, *wanted], check=True)
        environ = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": place}
        for words in SUITES.get(folder.name, [[]]):
            command = [python, "-m", "pytest", "-q", *words]
            unpacked = Path(place) / archive.name.removesuffix(".tar.gz")
            done = subprocess.run(command, cwd=unpacked, env=environ, capture_output=True, text=True)
            if done.returncode:
                return done.stdout[-4000:] + done.stderr
            print(f"{archive.name}, unpacked: {done.stdout.splitlines()[-1]}")
    return ""


def main(*words: str) -> int:
    names = [word for word in words if word != "--tests"]
    folders = [path.parent for path in sorted(ROOT.glob("packages/*/pyproject.toml"))]
    folders.sort(key=lambda folder: folder.name != "dailyfresh-core")  # the others need it
    found: list[str] = []
    archives: dict[Path, Path] = {}
    for folder in folders:
        wheel, archive = built(folder)
        if names and folder.name not in names:
            continue
        subprocess.run([sys.executable, "-m", "twine", "check", "--strict", wheel, archive], check=True)
        found += faults(folder, wheel, archive)
        if said := alone(folder, wheel):
            found.append(f"{wheel.name} alone: {said}")
        archives[folder] = archive
    for folder, archive in archives.items():  # some need others, which are built now
        if ("--tests" in words or folder.name == QUICK) and (said := tested(folder, archive)):
            found.append(f"{archive.name}, unpacked: {said}")
    print("\n".join(found) or f"dist: {len(names) or len(folders)} packages are fit to be published")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
