"""The storage server: commands on files, with the statuses and closing rules of the real one."""

import os
import struct
import zlib

from ..client.wire import (
    ANY_PATH,
    EXTENSION_WIDTH,
    GROUP_WIDTH,
    NAME_LIMIT,
    PREFIX_WIDTH,
    VALUE_LIMIT,
    Command,
    Header,
    InfoFlag,
    Status,
    ip_width,
    pack_metadata,
    pack_text,
    unpack_metadata,
)
from .appender import AppenderFiles
from .disk import slave_name
from .named import LONGEST_NAME, ending
from .protocol import Refusal, serve


class StorageHandler(AppenderFiles):
    """Serves one connection of a client to a storage server."""

    # -- store --

    @serve(Command.UPLOAD, Command.UPLOAD_APPENDER)
    def upload(self, header: Header) -> bytes:
        """path index 1, size 8, extension 6, content -> group 16, name."""
        path_index, size, extension = self.read_struct("!BQ6s", header)
        if size != self.left or path_index not in (0, ANY_PATH):
            raise Refusal(Status.INVALID)
        suffix = ending(extension)
        with self.disk.writing() as file:
            crc32 = self.copy(file, size)
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
        name = slave_name(master, ending(prefix), ending(extension))
        path = self.path(name)
        with self.disk.writing() as file:
            self.copy(file, size)
            self.existing(master)
            if not self.disk.keep_as(file, path):
                raise Refusal(Status.EXISTS)
        return pack_text(self.group, GROUP_WIDTH) + name.encode()

    # -- read and delete --

    @serve(Command.DOWNLOAD)
    def download(self, header: Header) -> None:
        """offset 8, length 8 (0: to the end), group 16, name -> content."""
        offset, length = self.read_struct("!QQ", header)
        path = self.named()
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
        path = self.named()
        try:
            stat = path.stat()
            if header.status & InfoFlag.WITHOUT_CRC:
                file = self.facts(path)
                crc32 = (file and file.crc32) or 0
            else:
                crc32 = zlib.crc32(path.read_bytes())
        except FileNotFoundError:
            raise Refusal(Status.MISSING) from None
        signed = crc32 - (1 << 32) if crc32 >> 31 else crc32
        return struct.pack("!qqq", stat.st_size, int(stat.st_mtime), signed) + pack_text(
            self.source, ip_width(self.source) + 1
        )

    @serve(Command.DELETE)
    def delete(self, header: Header) -> bytes:
        """group 16, name -> nothing."""
        path = self.named()
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
        self.check_group()
        path = self.existing(self.read(length).decode("ascii", "replace"))
        data = self.read(size)
        place = self.disk.metadata_path(path)
        if flag == b"M" and data:
            before = place.read_bytes() if place.exists() else b""
            merged = unpack_metadata(before) | unpack_metadata(data)
            data = pack_metadata({_cut(name, NAME_LIMIT): _cut(value, VALUE_LIMIT) for name, value in merged.items()})
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
            return self.disk.metadata_path(self.named()).read_bytes()
        except FileNotFoundError:
            raise Refusal(Status.MISSING) from None


def _cut(text: str, width: int) -> str:
    return text.encode()[:width].decode(errors="ignore")
