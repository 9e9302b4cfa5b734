"""Fetch the tests that Django's wheel leaves out, of the version that is installed: python sources.py DIR."""

import subprocess
import sys
import tarfile
from pathlib import Path

import django


def main(folder: Path) -> None:
    """Lay `file_storage` into the folder."""
    if (folder / "file_storage").exists():
        return
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=Django"]
    subprocess.run([*download, f"--dest={folder}", f"Django=={django.__version__}"], check=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        for member in archive:
            _django, found, name = member.name.partition("/tests/file_storage/")
            if found and (content := archive.extractfile(member)):
                path = folder / "file_storage" / name
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(content.read())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
