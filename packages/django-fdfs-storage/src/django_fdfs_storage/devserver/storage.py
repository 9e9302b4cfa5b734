"""The storage server: commands on files, with the statuses and closing rules of the real one."""

import os
import re
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, ClassVar

from ..exceptions import InvalidFileId
from ..names import parse_file_id
from ..wire import (
    ANY_PATH,
    EXTENSION_WIDTH,
    GROUP_WIDTH,
    IPV4_WIDTH,
    NAME_LIMIT,
    PREFIX_WIDTH,
    VALUE_LIMIT,
    Command,
    Header,
    InfoFlag,
    Status,
    pack_metadata,
    pack_text,
    unpack_metadata,
    unpack_text,
)
from .disk import Disk, is_appender, slave_name
from .protocol import Refusal, RequestHandler, serve

PIECE = 256 * 1024
LONGEST_NAME = 128
LONGEST_BODY = 256 * 1024
_ENDING = re.compile(r"[A-Za-z0-9._-]*")


class StorageHandler(RequestHandler):
    """Serves one connection of a client to a storage server."""

    disk: ClassVar[Disk]
    group: ClassVar[str]
    source: ClassVar[str]
    stays_open = frozenset({Status.OK, Status.MISSING, Status.EXISTS})

    # -- store --

    @serve(Command.UPLOAD, Command.UPLOAD_APPENDER)
    def upload(self, header: Header) -> bytes:
        """path index 1, size 8, extension 6, content -> group 16, name."""
        path_index, size, extension = self.read_struct("!BQ6s", header)
        if size != self.left or path_index not in (0, ANY_PATH):
            raise Refusal(Status.INVALID)
        suffix = _ending(extension)
        with self.disk.writing() as file:
            crc32 = self._copy(file, size)
            name = self.disk.keep(
                file,
                source=self.source,
                size=size,
                crc32=crc32,
                extension=suffix,
                appender=header.command == Command.UPLOAD_APPENDER,
            )
        return pack_text(self.group, GROUP_WIDTH) + name.encode()

    @serve(Command.UPLOAD_SLAVE)
    def upload_slave(self, header: Header) -> bytes:
        """master's length 8, size 8, prefix 16, extension 6, master, content -> group 16, name."""
        length, size, prefix, extension = self.read_struct(f"!QQ{PREFIX_WIDTH}s{EXTENSION_WIDTH}s", header)
        if length + size != self.left or length >= LONGEST_NAME or not prefix.strip(b"\0"):
            raise Refusal(Status.INVALID)
        master = self.read(length).decode("ascii", "replace")
        name = slave_name(master, _ending(prefix), _ending(extension))
        path = self._path(name)
        with self.disk.writing() as file:
            self._copy(file, size)
            self._existing(master)
            if not self.disk.keep_as(file, path):
                raise Refusal(Status.EXISTS)
        return pack_text(self.group, GROUP_WIDTH) + name.encode()

    def _copy(self, file: BinaryIO, size: int) -> int:
        crc32 = 0
        while size:
            data = self.read(min(size, PIECE))
            crc32 = zlib.crc32(data, crc32)
            file.write(data)
            size -= len(data)
        return crc32

    # -- appender files --

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
        name = self.read(length).decode("ascii", "replace")
        path = self._existing(name)
        if not is_appender(name):
            raise Refusal(Status.INVALID)
        return path

    def _change(self, path: Path, size: int, offset: int | None) -> None:
        """Write content that has arrived whole: a lost connection changes nothing."""
        with self.disk.writing() as aside:
            self._copy(aside, size)
            aside.flush()
            with self.disk.changing, open(aside.name, "rb") as source, path.open("r+b") as target:
                target.seek(0, os.SEEK_END) if offset is None else target.seek(offset)
                while data := source.read(PIECE):
                    target.write(data)

    # -- read and delete --

    @serve(Command.DOWNLOAD)
    def download(self, header: Header) -> None:
        """offset 8, length 8 (0: to the end), group 16, name -> content."""
        offset, length = self.read_struct("!QQ", header)
        path = self._named()
        try:
            file = path.open("rb")
        except FileNotFoundError:
            raise Refusal(Status.MISSING) from None
        with file:
            size = os.fstat(file.fileno()).st_size
            if offset >= size:
                raise Refusal(Status.INVALID)
            count = min(length or size, size - offset)
            self.answer(Status.OK, more=count)
            self.connection.sendfile(file, offset, count)

    @serve(Command.FILE_INFO)
    def info(self, header: Header) -> bytes:
        """group 16, name -> size 8, time 8, checksum 8, source ip."""
        path = self._named()
        try:
            stat = path.stat()
            crc32 = self._named_crc32(path) if header.status & InfoFlag.WITHOUT_CRC else zlib.crc32(path.read_bytes())
        except FileNotFoundError:
            raise Refusal(Status.MISSING) from None
        signed = crc32 - (1 << 32) if crc32 >> 31 else crc32
        return struct.pack("!qqq", stat.st_size, int(stat.st_mtime), signed) + pack_text(self.source, IPV4_WIDTH + 1)

    def _named_crc32(self, path: Path) -> int:
        """The checksum that the name tells, 0 where it tells none."""
        try:
            return parse_file_id(f"{self.group}/M00/00/00/{path.name}").crc32 or 0
        except InvalidFileId:
            return 0

    @serve(Command.DELETE)
    def delete(self, header: Header) -> bytes:
        """group 16, name -> nothing."""
        path = self._named()
        try:
            path.unlink()
        except FileNotFoundError:
            raise Refusal(Status.MISSING) from None
        self.disk.metadata_path(path).unlink(missing_ok=True)
        return b""

    # -- metadata --

    @serve(Command.SET_METADATA)
    def set_metadata(self, header: Header) -> bytes:
        """name's length 8, metadata's length 8, "O" or "M", group 16, name, metadata -> nothing."""
        length, size, flag = self.read_struct("!QQc", header)
        if flag not in (b"O", b"M") or length + size + GROUP_WIDTH != self.left or not 0 < length < LONGEST_NAME:
            raise Refusal(Status.INVALID)
        self._check_group()
        path = self._existing(self.read(length).decode("ascii", "replace"))
        data = self.read(size)
        place = self.disk.metadata_path(path)
        if flag == b"M" and data:
            before = place.read_bytes() if place.exists() else b""
            data = _packed(unpack_metadata(before) | unpack_metadata(data))
        elif flag == b"M":
            return b""
        if data:
            place.write_bytes(b"\x01".join(sorted(data.split(b"\x01"))))
        else:
            place.unlink(missing_ok=True)
        return b""

    @serve(Command.GET_METADATA)
    def get_metadata(self, header: Header) -> bytes:
        """group 16, name -> metadata."""
        try:
            return self.disk.metadata_path(self._named()).read_bytes()
        except FileNotFoundError:
            raise Refusal(Status.MISSING) from None

    @serve(Command.ACTIVE_TEST)
    def active_test(self, header: Header) -> bytes:
        """A sign of life."""
        if self.left:
            raise Refusal(Status.INVALID)
        return b""

    # -- names --

    def _check_group(self) -> None:
        if self.left < GROUP_WIDTH or unpack_text(self.read(GROUP_WIDTH)) != self.group:
            raise Refusal(Status.INVALID)

    def _named(self) -> Path:
        self._check_group()
        if not 0 < self.left < LONGEST_NAME:
            raise Refusal(Status.INVALID)
        return self._path(self.read(self.left).decode("ascii", "replace"))

    def _path(self, name: str) -> Path:
        path = self.disk.path(name)
        if path is None:
            raise Refusal(Status.INVALID)
        return path

    def _existing(self, name: str) -> Path:
        path = self._path(name)
        if not path.is_file():
            raise Refusal(Status.MISSING)
        return path


def _ending(field: bytes) -> str:
    text = unpack_text(field)
    if not _ENDING.fullmatch(text):
        raise Refusal(Status.INVALID)
    return text


def _nothing(header: Header, *, unless: int) -> bytes:
    """An empty answer; a change of nothing gets as many meaningless bytes as the request had."""
    return b"" if unless else bytes(header.length)


def _packed(metadata: dict[str, str]) -> bytes:
    cut = {_cut(name, NAME_LIMIT): _cut(value, VALUE_LIMIT) for name, value in metadata.items()}
    return pack_metadata(cut)


def _cut(text: str, width: int) -> str:
    return text.encode()[:width].decode(errors="ignore")
