"""Pages as files, with a compressed twin beside each.

    root/current -> sets/<release>-<n>      what the web server serves
    root/next    -> sets/<release>-<n+1>    while a complete rebuild runs
    root/sets/<set>/list/fruit/index.html   and index.html.gz, index.html.br
    root/.locks/                            one lock for the drain, 64 for pages

The drain writes to `current` and to `next`: a change during a rebuild is not lost with the switch.
"""

import fcntl
import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote
from zlib import crc32

from django.core.checks import CheckMessage, Error

from ..exceptions import PageRefused
from .base import PageWriter

try:
    import brotli
except ImportError:  # the extra `brotli` is not installed
    brotli = None

LOCKS = 64
KEPT = 1  # sets kept beside the current one, for requests under way


class DiskPages(PageWriter):
    """Writes under the folder `root`, which all workers and web servers share."""

    def __init__(self, *, root: str | os.PathLike[str], gzip_level: int = 6, brotli_quality: int = 5) -> None:
        self.root = Path(root)
        self.gzip_level = gzip_level
        self.brotli_quality = brotli_quality
        self.links: tuple[str, ...] = ("current", "next")

    def _file(self, folder: Path, path: str) -> Path:
        parts = [part for part in unquote(path).split("/") if part]
        if any(part in (".", "..") or "\0" in part or part.startswith(".") for part in parts):
            raise PageRefused(f"{path} is no path for a file")
        return folder.joinpath(*parts, "index.html")

    def _target(self, link: str) -> Path | None:
        place = self.root / link
        return place.resolve() if place.is_symlink() and place.exists() else None

    def _point(self, link: str, folder: Path) -> None:
        """Let the link lead to the folder; renaming a link over another is atomic."""
        aside = self.root / f".{link}-{os.getpid()}"
        aside.unlink(missing_ok=True)
        aside.symlink_to(Path("sets") / folder.name)
        aside.replace(self.root / link)

    def _new_set(self, release: str) -> Path:
        sets = self.root / "sets"
        sets.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{release}-", dir=sets))
        folder.chmod(0o755)
        return folder

    def _folders(self) -> list[Path]:
        if "current" in self.links and self._target("current") is None:
            self._point("current", self._new_set("first"))
        return [folder for folder in map(self._target, self.links) if folder]

    def write(self, path: str, body: bytes) -> None:
        forms = {".gz": gzip.compress(body, self.gzip_level, mtime=0)}
        if brotli is not None:
            forms[".br"] = brotli.compress(body, quality=self.brotli_quality)
        forms[""] = body  # last: a compressed twin counts only beside its page
        for folder in self._folders():
            file = self._file(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            for ending, content in forms.items():
                aside = file.with_name(f".{file.name}{ending}")  # one name: what a killed writer left is written over
                aside.write_bytes(content)
                aside.chmod(0o644)
                aside.replace(file.with_name(file.name + ending))

    def remove(self, path: str) -> None:
        for folder in self._folders():
            file = self._file(folder, path)
            for ending in ("", ".gz", ".br"):
                for name in (f"{file.name}{ending}", f".{file.name}{ending}"):
                    file.with_name(name).unlink(missing_ok=True)
            if file.parent != folder:
                with suppress(OSError):  # other pages lie below
                    file.parent.rmdir()

    def read(self, path: str) -> bytes | None:
        folder = self._target("current")
        try:
            return self._file(folder, path).read_bytes() if folder else None
        except (FileNotFoundError, NotADirectoryError):
            return None

    def paths(self) -> Iterator[str]:
        folder = self._target("current")
        if folder:
            for parent, _dirs, files in os.walk(folder):
                if "index.html" in files:
                    relative = Path(parent).relative_to(folder).as_posix()
                    yield "/" if relative == "." else f"/{relative}/"

    def written_at(self, path: str) -> datetime | None:
        folder = self._target("current")
        try:
            return datetime.fromtimestamp(self._file(folder, path).stat().st_mtime, UTC) if folder else None
        except (FileNotFoundError, NotADirectoryError):
            return None

    @contextmanager
    def _locked(self, name: str, *, wait: bool) -> Iterator[bool]:
        folder = self.root / ".locks"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True  # closing the file gives the lock back, and so does a kill

    @contextmanager
    def lock(self, path: str) -> Iterator[None]:
        with self._locked(f"page-{crc32(path.encode()) % LOCKS}", wait=True):
            yield

    @contextmanager
    def draining(self) -> Iterator[bool]:
        with self._locked("drain", wait=False) as mine:
            yield mine

    @contextmanager
    def rebuild(self, release: str) -> Iterator[PageWriter]:
        with self._locked("rebuild", wait=False) as mine:
            if not mine:
                raise PageRefused("another complete rebuild is running")
            folder = self._new_set(release)
            self._point("next", folder)
            aside = copy(self)
            aside.links = ("next",)
            try:
                yield aside
            except BaseException:
                (self.root / "next").unlink(missing_ok=True)
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self._point("current", folder)
            (self.root / "next").unlink(missing_ok=True)
            self._prune()

    def _prune(self) -> None:
        current = self._target("current")
        others = [folder for folder in (self.root / "sets").iterdir() if folder != current]
        others.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
        for folder in others[KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)

    def check(self) -> list[CheckMessage]:
        parent = next((folder for folder in (self.root, *self.root.parents) if folder.exists()), None)
        if parent and parent.is_dir() and os.access(parent, os.W_OK):
            return []
        return [
            Error(
                f"Pages cannot be written to {self.root}.", hint="Make the folder writable.", id="dailyfresh_goods.E005"
            )
        ]
