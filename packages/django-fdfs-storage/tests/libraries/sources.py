"""Fetch the tests that a package's wheel leaves out, of the versions that are installed: python sources.py DIR."""

import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

# Distribution -> which folder of it, and what it is imported as.
SUITES = {"Django": ("tests/file_storage", "file_storage"), "django-filer": ("tests", "filer_tests")}


def fetch(package: str, inside: str, target: Path) -> None:
    """Lay a folder of a source distribution down as `target`."""
    release = version(package)
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"--no-binary={package}"]
    subprocess.run([*download, f"--dest={target.parent}", f"{package}=={release}"], check=True)
    [source] = target.parent.glob(f"{package.lower().replace('-', '?')}-{release}.tar.gz")
    with tarfile.open(source) as archive:
        for member in archive:
            _package, found, name = member.name.partition(f"/{inside}/")
            if found and (content := archive.extractfile(member)):
                path = target / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())


def main(folder: Path) -> None:
    """Lay down what is not there yet."""
    for package, (inside, name) in SUITES.items():
        if not (folder / name).exists():
            fetch(package, inside, folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
