"""The commands on appender files, which may change after their upload."""

import os
import zlib
from pathlib import Path

from ..client.wire import GROUP_WIDTH, Command, Header, Status, pack_text
from .named import LONGEST_NAME, PIECE, NamedFiles
from .protocol import Refusal, serve


class AppenderFiles(NamedFiles):
    """Appends, modifies, truncates and seals."""

    @serve(Command.APPEND)
    def append(self, header: Header) -> bytes:
        """name's length 8, size 8, name, content -> nothing."""
        length, size = self.read_struct("!QQ", header)
        path = self._appender(length, size)
        self._change(path, size, None)
        return _nothing(header, unless=size)

    @serve(Command.MODIFY)
    def modify(self, header: Header) -> bytes:
        """name's length 8, offset 8, size 8, name, content -> nothing."""
        length, offset, size = self.read_struct("!QQQ", header)
        path = self._appender(length, size)
        if offset > path.stat().st_size:
            raise Refusal(Status.INVALID)
        self._change(path, size, offset)
        return _nothing(header, unless=size)

    @serve(Command.TRUNCATE)
    def truncate(self, header: Header) -> bytes:
        """name's length 8, new size 8, name -> nothing."""
        length, size = self.read_struct("!QQ", header)
        path = self._appender(length, 0)
        changes = size != path.stat().st_size
        os.truncate(path, size)
        return _nothing(header, unless=changes)

    @serve(Command.REGENERATE_NAME)
    def regenerate_name(self, header: Header) -> bytes:
        """name -> group 16, new name of a normal file."""
        path = self._appender(header.length, 0)
        crc32 = 0
        with path.open("rb") as file:
            while data := file.read(PIECE):
                crc32 = zlib.crc32(data, crc32)
            size = file.tell()
            extension = path.name[28:].rpartition(".")[2] if "." in path.name[28:] else ""
            name = self.disk.keep(file, source=self.source, size=size, crc32=crc32, extension=extension, appender=False)
        self.disk.metadata_path(path).unlink(missing_ok=True)
        return pack_text(self.group, GROUP_WIDTH) + name.encode()

    def _appender(self, length: int, size: int) -> Path:
        if length + size != self.left or not 0 < length < LONGEST_NAME:
            raise Refusal(Status.INVALID)
        path = self.existing(self.read(length).decode("ascii", "replace"))
        file = self.facts(path)
        if file is None or not file.appender:
            raise Refusal(Status.INVALID)
        return path

    def _change(self, path: Path, size: int, offset: int | None) -> None:
        """Write content that has arrived whole: a lost connection changes nothing."""
        with self.disk.writing() as aside:
            self.copy(aside, size)
            aside.flush()
            with self.disk.changing, open(aside.name, "rb") as source, path.open("r+b") as target:
                target.seek(0, os.SEEK_END) if offset is None else target.seek(offset)
                while data := source.read(PIECE):
                    target.write(data)


def _nothing(header: Header, *, unless: int) -> bytes:
    """An empty answer; a change of nothing gets as many meaningless bytes as the request had."""
    return b"" if unless else bytes(header.length)
