"""The commands of FastDFS: files in and out of a cluster, for an event loop. It needs no Django."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Unpack

from ..exceptions import BadReply, InvalidFileId, NoSuchFile, Refused
from ..names import FileId, parse_file_id
from .connection import Address, Connection
from .content import AnyContent, size_of
from .engine import BLOCK, ends_at
from .eventloop import AsyncPool
from .pool import Pool, PoolOptions
from .servers import StorageServers
from .trackers import Trackers
from .wire import (
    EXTENSION_WIDTH,
    PREFIX_WIDTH,
    Command,
    FileInfo,
    InfoFlag,
    Server,
    Status,
    pack_file,
    pack_metadata,
    pack_numbers,
    pack_text,
    unpack_file_id,
    unpack_info,
    unpack_metadata,
)

TRACKER_PORT = 22122


class AsyncFastDFSClient:
    """A client of one cluster for the tasks of one event loop; connections open on first use.

    `address_map` turns an address that a tracker names, "host" or "host:port", into the one to
    connect to (NAT, containers). With `replicas` off, reads go to one server only. `metrics` is told the
    duration of each exchange and the connections to its server.
    """

    pool_kind: type[Pool] = AsyncPool

    def __init__(
        self,
        trackers: Sequence[str],
        *,
        address_map: Mapping[str, str] | None = None,
        replicas: bool = True,
        **pool: Unpack[PoolOptions],
    ) -> None:
        self.pool: Pool = self.pool_kind(**pool)
        addresses = [Address.parse(tracker, default_port=TRACKER_PORT) for tracker in trackers]
        self.trackers: Trackers = Trackers(addresses, self.pool)
        self._storages = StorageServers(self.trackers, self.pool, address_map=address_map or {}, replicas=replicas)

    # -- upload --

    async def upload(
        self,
        content: AnyContent,
        *,
        size: int | None = None,
        extension: str = "",
        group: str | None = None,
        appender: bool = False,
    ) -> str:
        """Store content and give its file id.

        Content that is not bytes needs its `size` in bytes and is sent as it is drawn. WrongSize
        when it has another size: nothing is stored then. An appender file can be changed later.
        """
        size = size_of(content, size)
        suffix = pack_text(extension, EXTENSION_WIDTH)
        command = Command.UPLOAD_APPENDER if appender else Command.UPLOAD

        async def send(server: Server) -> str:
            head = bytes([server.path_index]) + pack_numbers(size) + suffix
            return _new_id(await self._storages.send(server, command, head, content, size))

        return await self._storages.store(group, content, send)

    async def upload_slave(
        self,
        master: str,
        prefix: str,
        content: AnyContent,
        *,
        size: int | None = None,
        extension: str = "",
    ) -> str:
        """Store a variant beside its master, whose id with `prefix` before the ending is its id.

        Refused with status 17 when it exists already.
        """
        size = size_of(content, size)
        file = parse_file_id(master)
        numbers = pack_numbers(len(file.path), size)
        names = pack_text(prefix, PREFIX_WIDTH) + pack_text(extension, EXTENSION_WIDTH) + file.path.encode()
        return _new_id(await self._storages.upload_beside(file, Command.UPLOAD_SLAVE, numbers + names, content, size))

    # -- appender files --

    async def append(self, file_id: str, content: AnyContent, *, size: int | None = None) -> None:
        """Add content at the end of an appender file."""
        await self._write(Command.APPEND, file_id, content, size)

    async def modify(self, file_id: str, offset: int, content: AnyContent, *, size: int | None = None) -> None:
        """Overwrite an appender file from `offset` on, which is at most its size."""
        await self._write(Command.MODIFY, file_id, content, size, offset)

    async def _write(
        self, command: Command, file_id: str, content: AnyContent, announced: int | None, *offset: int
    ) -> None:
        size = size_of(content, announced)
        file = _appender(file_id)
        head = pack_numbers(len(file.path), *offset, size) + file.path.encode()
        await self._storages.upload_beside(file, command, head, content, size)

    async def truncate(self, file_id: str, size: int) -> None:
        """Give an appender file a new size."""
        file = _appender(file_id)
        await self._storages.change(file, Command.TRUNCATE, pack_numbers(len(file.path), size) + file.path.encode())

    async def seal(self, file_id: str) -> str:
        """Turn an appender file into a normal one and give its new id; the old one is gone."""
        file = _appender(file_id)
        return _new_id(await self._storages.change(file, Command.REGENERATE_NAME, file.path.encode(), repeatable=False))

    # -- read --

    async def download(self, file_id: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """The content, or `length` bytes of it from `offset` on; fewer at its end."""
        file = parse_file_id(file_id)
        if length == 0 or (file.size is not None and offset >= file.size and await self._is_behind(file_id, offset)):
            return b""

        async def talk(connection: Connection) -> bytes:
            await connection.begin(Command.DOWNLOAD, pack_numbers(offset, length or 0) + pack_file(file))
            return await connection.content(most=length)

        try:
            return await self._storages.read(file, talk)
        except Refused as error:
            if error.status == Status.INVALID and await self._is_behind(file_id, offset):
                return b""
            raise

    async def _is_behind(self, file_id: str, offset: int) -> bool:
        """Whether a file ends there or before: a server refuses that offset, and so every read of an empty file.

        Nor should one of a file in a trunk be asked for it: FastDFS 6.16.1 closes a file of somebody else then.
        """
        return offset >= (await self.info(file_id)).size

    async def info(self, file_id: str) -> FileInfo:
        """Size, time and source of a file; the checksum is the one in its name, 0 without one."""
        return await self._info(file_id, InfoFlag.WITHOUT_CRC | InfoFlag.SILENT)

    async def checksum(self, file_id: str) -> FileInfo:
        """The same with the CRC-32 that the server computes from the content."""
        return await self._info(file_id, InfoFlag.SILENT)

    async def _info(self, file_id: str, flags: int) -> FileInfo:
        file = parse_file_id(file_id)
        body = pack_file(file)
        return unpack_info(
            await self._storages.read(file, lambda connection: connection.ask(Command.FILE_INFO, body, flags=flags))
        )

    async def exists(self, file_id: str) -> bool:
        """Whether the cluster holds the file; a failure to find out is raised."""
        try:
            await self.info(file_id)
        except (NoSuchFile, InvalidFileId):
            return False
        return True

    async def stream(
        self, file_id: str, *, offset: int = 0, length: int | None = None, block: int = BLOCK
    ) -> AsyncIterator[bytes]:
        """The content in blocks, each its own request: a slow consumer holds no connection.

        BadReply when it ends before the size that its server tells.
        """
        end = (await self.info(file_id)).size if length is None else offset + length
        while offset < end:
            data = await self.download(file_id, offset=offset, length=min(block, end - offset))
            if not data:
                ends_at(await self.info(file_id), file_id, offset)
                return
            yield data
            offset += len(data)

    # -- delete and metadata --

    async def delete(self, file_id: str) -> None:
        """Delete a file; NoSuchFile when it is not there."""
        file = parse_file_id(file_id)
        await self._storages.change(file, Command.DELETE, pack_file(file))

    async def metadata(self, file_id: str) -> dict[str, str]:
        """What `set_metadata` attached; empty when nothing was."""
        file = parse_file_id(file_id)
        body = pack_file(file)
        try:
            return unpack_metadata(
                await self._storages.read(file, lambda connection: connection.ask(Command.GET_METADATA, body))
            )
        except NoSuchFile:
            # A file without metadata gets the same status as one that is missing.
            await self.info(file_id)
            return {}

    async def set_metadata(self, file_id: str, metadata: Mapping[str, str], *, merge: bool = False) -> None:
        """Attach names and values (64 and 256 bytes at most), in place of or over earlier ones."""
        file = parse_file_id(file_id)
        data = pack_metadata(dict(metadata))
        head = pack_numbers(len(file.path), len(data)) + (b"M" if merge else b"O")
        await self._storages.change(file, Command.SET_METADATA, head + pack_file(file) + data)

    def close(self) -> None:
        """Close the idle connections; the client stays usable."""
        self.pool.close()


def _appender(file_id: str) -> FileId:
    """The parts of an appender file's id.

    Of another file inside a trunk a server says that it is missing, which it is not: its name tells.
    """
    file = parse_file_id(file_id)
    if not file.appender:
        raise Refused(Status.INVALID, f"{file_id} is no appender file, so it cannot change")
    return file


def _new_id(body: bytes) -> str:
    try:
        return str(parse_file_id(unpack_file_id(body)))
    except InvalidFileId as error:
        raise BadReply("a storage server named a file by something that is no file id") from error
