"""Pages as files, with a compressed twin beside each, in generations (`generations.py`).

    root/current/list/fruit/index.html   and index.html.gz, index.html.br

The drain writes to `current` and to `next`: a change during a rebuild is not lost with the switch.
"""

import gzip
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from copy import copy
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from urllib.parse import unquote
from zlib import crc32

from dailyfresh_core.db.retrying import Busy
from django.core.checks import CheckMessage, Error

from ..exceptions import PageRefused
from ..generations import Generations
from .base import PageWriter

try:
    import brotli
except ImportError:  # the extra `brotli` is not installed
    brotli = None

LOCKS = 64
QUALITY = 5
"""Of brotli, where nothing else is asked for."""
KEPT = 1  # sets kept beside the current one, for requests under way


class DiskPages(PageWriter):
    """Writes under the folder `root`, which all workers and web servers share."""

    aside: Path | None = None
    """The only folder that is written to, in the writer that `rebuild` gives."""

    def __init__(
        self, *, root: str | os.PathLike[str], gzip_level: int | None = None, brotli_quality: int | None = None
    ) -> None:
        self.root: Path = Path(root)
        self.sets: Generations = Generations(self.root, kept=KEPT)
        self.gzip_level = gzip_level  # None: as the cache has it, at no cost
        self.brotli_quality = brotli_quality

    def _file(self, folder: Path, path: str) -> Path:
        parts = [part for part in unquote(path).split("/") if part]
        if any(part in (".", "..") or "\0" in part or part.startswith(".") for part in parts):
            raise PageRefused(f"{path} is no path for a file")
        return folder.joinpath(*parts, "index.html")

    def _folders(self) -> list[Path]:
        if self.aside:
            return [self.aside]
        return [self.sets.current or self.sets.first(), *filter(None, [self.sets.next])]

    def write(self, path: str, body: bytes, gzipped: bytes | None = None) -> None:
        if gzipped is None or self.gzip_level is not None:
            gzipped = gzip.compress(body, self.gzip_level or 6, mtime=0)
        forms = {".gz": gzipped}
        if brotli is not None:
            forms[".br"] = brotli.compress(body, quality=self.brotli_quality or QUALITY)
        forms[""] = body  # last: a compressed twin counts only beside its page
        for folder in self._folders():
            file = self._file(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            for ending, content in forms.items():
                aside = file.with_name(f".{file.name}{ending}")  # one name: what a killed writer left is written over
                aside.write_bytes(content)
                aside.chmod(0o644)
                aside.replace(file.with_name(file.name + ending))

    def has_newer(self, path: str) -> bool:
        return self.aside is not None and self._file(self.aside, path).exists()

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
        folder = self.sets.current
        try:
            return self._file(folder, path).read_bytes() if folder else None
        except (FileNotFoundError, NotADirectoryError):
            return None

    def paths(self) -> Iterator[str]:
        folder = self.sets.current
        if folder:
            for parent, _dirs, files in os.walk(folder):
                if "index.html" in files:
                    relative = Path(parent).relative_to(folder).as_posix()
                    yield "/" if relative == "." else f"/{relative}/"

    def written_at(self, path: str) -> datetime | None:
        folder = self.sets.current
        try:
            return datetime.fromtimestamp(self._file(folder, path).stat().st_mtime, UTC) if folder else None
        except (FileNotFoundError, NotADirectoryError):
            return None

    def lock(self, path: str) -> AbstractContextManager[None]:
        return self.sets.locked(f"page-{crc32(path.encode()) % LOCKS}", wait=inf)

    @contextmanager
    def draining(self) -> Iterator[bool]:
        with ExitStack() as held:
            try:
                held.enter_context(self.sets.locked("drain"))
            except Busy:
                yield False
            else:
                yield True

    @contextmanager
    def rebuild(self, release: str) -> Iterator[PageWriter]:
        with self.sets.rebuild(release) as folder:
            writer = copy(self)
            writer.aside = folder
            yield writer

    def check(self) -> list[CheckMessage]:
        if self.brotli_quality is not None and brotli is None:
            hint = 'It is an extra: pip install "dailyfresh-goods[brotli]".'
            return [
                Error(
                    "Pages have a brotli_quality, and brotli is not installed.", hint=hint, id="dailyfresh_goods.E002"
                )
            ]
        parent = next((folder for folder in (self.root, *self.root.parents) if folder.exists()), None)
        if parent and parent.is_dir() and os.access(parent, os.W_OK):
            return []
        return [
            Error(
                f"Pages cannot be written to {self.root}.", hint="Make the folder writable.", id="dailyfresh_goods.E005"
            )
        ]
