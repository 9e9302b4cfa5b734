"""Files of a FastDFS storage as Django and Python see them."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import File

from .engine import BLOCK, Engine

if TYPE_CHECKING:
    _File = File[Any]
else:
    _File = File


class _Remote(io.RawIOBase):
    """The bytes of a stored file, fetched where they are read."""

    def __init__(self, engine: Engine, file_id: str, size: int) -> None:
        super().__init__()
        self._engine = engine
        self._file_id = file_id
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative seek position {base + offset}")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer)
        count = min(len(view), BLOCK, max(self._size - self._position, 0))
        if not count:
            return 0
        data = self._engine.download(self._file_id, offset=self._position, length=count)
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def readall(self) -> bytes:
        parts = []
        while data := self.read(BLOCK):
            parts.append(data)
        return b"".join(parts)


class FastDFSFile(_File):
    """A stored file, open for reading: nothing is fetched before it is read, and only that."""

    def __init__(self, engine: Engine, name: str, size: int, mode: str = "rb") -> None:
        self._engine = engine
        self._file_id = name
        self.mode = mode
        self.size = size
        super().__init__(self._reader(), name)

    def _reader(self) -> IO[Any]:
        raw = _Remote(self._engine, self._file_id, self.size)
        reader = io.BufferedReader(raw, buffer_size=max(1, min(self.size, BLOCK)))
        return reader if "b" in self.mode else io.TextIOWrapper(reader, encoding="utf-8")

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> "FastDFSFile":
        """Start again at the beginning, after `close` too."""
        if mode not in (None, self.mode):
            raise ValueError(f"the file was opened with mode {self.mode!r} and cannot change to {mode!r}")
        if self.closed:
            self.file = self._reader()
        else:
            self.seek(0)
        return self


class Chunks:
    """The content of a file as bytes, from its start each time where it can seek."""

    def __init__(self, content: "File[Any]") -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._content.chunks():
            yield chunk.encode() if isinstance(chunk, str) else chunk


def announced_size(content: "File[Any]") -> int | None:
    """The size in bytes that the content claims; None when it is text or does not know."""
    try:
        return None if isinstance(content.read(0), str) else int(content.size)
    except (AttributeError, TypeError, io.UnsupportedOperation):
        return None


def rereadable(content: "File[Any]") -> bool:
    """Whether the content can be read from its start once more."""
    return hasattr(content, "seekable") and content.seekable()


@contextmanager
def spooled(chunks: Chunks) -> Iterator[tuple[Chunks, int]]:
    """A copy of the content whose size in bytes is known, on disk when it is large."""
    with tempfile.SpooledTemporaryFile(
        max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, dir=settings.FILE_UPLOAD_TEMP_DIR
    ) as copy:
        for chunk in chunks:
            copy.write(chunk)
        yield Chunks(File(copy)), copy.tell()
