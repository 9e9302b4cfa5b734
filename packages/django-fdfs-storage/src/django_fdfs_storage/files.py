"""Files of a FastDFS storage as Django and Python see them."""

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.files.base import File

from .client.engine import BLOCK, Engine
from .exceptions import BadReply

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
        if not data:
            raise BadReply(f"{self._file_id} ended at {self._position} of its {self._size} bytes")
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

    def __init__(self, engine: Engine, name: str, size: int, mode: str = "rb", *, file_id: str | None = None) -> None:
        self._engine = engine
        self._file_id = file_id or name
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
            self.file: IO[Any] = self._reader()
        else:
            self.seek(0)
        return self


class Chunks:
    """The content of a file as bytes, from its start each time where it is `rereadable`.

    `size` is what the content claims in bytes; None when it is text or does not know.
    """

    def __init__(self, content: "File[Any]") -> None:
        self._content = content
        try:
            self.size = None if isinstance(content.read(0), str) else int(content.size)
        except (AttributeError, TypeError, io.UnsupportedOperation):
            self.size = None
        self.rereadable: bool = hasattr(content, "seekable") and content.seekable()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._content.chunks():
            yield chunk.encode() if isinstance(chunk, str) else chunk

    @contextmanager
    def spooled(self) -> Iterator["Chunks"]:
        """A copy of the content whose size is known, on disk when it is large."""
        with tempfile.SpooledTemporaryFile(
            max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, dir=settings.FILE_UPLOAD_TEMP_DIR
        ) as copy:
            for chunk in self:
                copy.write(chunk)
            size = copy.tell()
            chunks = type(self)(File(copy))
            chunks.size = size
            yield chunks


class Measured(Chunks):
    """Chunks that know their `length` in bytes and their `sha256` once they were drawn to the end."""

    length: int = 0
    sha256: str = ""

    def __iter__(self) -> Iterator[bytes]:
        digest, self.length = sha256(), 0
        for chunk in super().__iter__():
            digest.update(chunk)
            self.length += len(chunk)
            yield chunk
        self.sha256 = digest.hexdigest()

    def drawn(self) -> Self:
        """Itself, drawn to the end."""
        for _ in self:
            pass
        return self


class WritableFile(_File):
    """A file that is written aside and given to `save` when it is closed; not after an exception in its `with`."""

    def __init__(self, save: Callable[[str, "File[Any]"], str], name: str, mode: str) -> None:
        self._save = save
        self._binary = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - until it is closed
        self.mode = mode
        text = None if "b" in mode else io.TextIOWrapper(self._binary, encoding="utf-8")
        super().__init__(text or self._binary, name)

    def close(self) -> None:
        """Save what was written, once."""
        if not self.closed:
            try:
                self.flush()
                self._save(str(self.name), File(self._binary))
            finally:
                super().close()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            super().close()
