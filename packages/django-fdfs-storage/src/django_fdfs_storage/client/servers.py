"""Requests to the storage servers of a cluster: which one, which next, and what status 2 means."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from typing import TypeVar

from ..exceptions import (
    ConnectionLost,
    FastDFSError,
    NoStorageAvailable,
    NoSuchFile,
    Refused,
    ServerTimeout,
    ServerUnreachable,
)
from ..names import FileId
from .connection import Address, Connection
from .content import AnyContent, exactly, is_one_shot
from .pool import Pool, Talk
from .trackers import Trackers
from .wire import Command, Server, Status

T = TypeVar("T")
# Content up to this size travels in one segment with its request.
_SMALL = 64 * 1024
# So many files are remembered with a server that has them.
_LOCATED = 4096


class StorageServers:
    """The storage servers of a cluster as its trackers name them.

    `address_map` turns an address that a tracker names, "host" or "host:port", into the one to
    connect to. With `replicas` off, reads go to one server only.
    """

    def __init__(self, trackers: Trackers, pool: Pool, *, address_map: Mapping[str, str], replicas: bool) -> None:
        self._trackers = trackers
        self._pool = pool
        self._map = dict(address_map)
        self._replicas = replicas
        self._located: dict[FileId, Server] = {}

    async def store(self, group: str | None, content: AnyContent, send: Callable[[Server], Awaitable[T]]) -> T:
        """Let a server take an upload, and the next one while no server can have stored it.

        That is: it could not be reached, the request was not complete, or it has no space. In a
        server without space its whole group is passed over.
        """
        failure: FastDFSError | None = None
        full: set[str] = set()
        async with aclosing(self._takers(group)) as takers:
            async for server in takers:
                if server.group in full:
                    continue
                try:
                    return await send(server)
                except ServerUnreachable as error:
                    failure = error
                except ConnectionLost as error:
                    if error.sent or is_one_shot(content):
                        raise
                    failure = error
                except Refused as error:
                    if error.status != Status.NO_SPACE or is_one_shot(content):
                        raise
                    full.add(server.group)
                    failure = error
        raise failure or NoStorageAvailable("the trackers name no storage server")

    async def _takers(self, group: str | None) -> AsyncGenerator[Server, None]:
        """The servers that may take an upload, each once; those that failed lately come last."""
        seen: set[Address] = set()
        suspects: list[Server] = []
        async with aclosing(self._named(group)) as named:
            async for server in named:
                address = self._address(server)
                if address in seen:
                    continue
                seen.add(address)
                if self._pool.suspects(address):
                    suspects.append(server)
                else:
                    yield server
        for server in suspects:
            yield server

    async def _named(self, group: str | None) -> AsyncGenerator[Server, None]:
        """The server that the tracker chooses, the others of its group, then those of the groups with most space."""
        chosen, failure = "", None
        try:
            server = await self._trackers.store(group)
        except NoStorageAvailable as error:
            # The tracker may be told to name one group always, which is full.
            failure = error
        else:
            yield server
            chosen = server.group
            for server in await self._all_of(chosen):
                yield server
        if group is None:
            for other in sorted(await self._trackers.groups(), key=lambda other: -other.free_mb):
                if other.name != chosen and other.writable_count:
                    for server in await self._all_of(other.name):
                        failure = None
                        yield server
        if failure:
            raise failure

    async def _all_of(self, group: str) -> list[Server]:
        with suppress(FastDFSError):
            return await self._trackers.store_all(group)
        return []

    async def send(self, server: Server, command: Command, head: bytes, content: AnyContent, size: int) -> bytes:
        """Send a request that ends with content; a second time only where the first was incomplete."""

        async def talk(connection: Connection) -> bytes:
            try:
                if isinstance(content, bytes) and size <= _SMALL:
                    await connection.begin(command, head + content)
                else:
                    await connection.begin(command, head, more=size)
                    async with aclosing(exactly(content, size)) as chunks:
                        async for chunk in chunks:
                            await connection.send(chunk)
            except ConnectionLost as lost:
                # A server that refuses an upload closes at once; its answer says why.
                if not isinstance(lost, ServerTimeout):
                    try:
                        await connection.answer()
                    except Refused:
                        raise
                    except FastDFSError:
                        pass
                raise
            return await connection.answer()

        return await self._pool.exchange(self._address(server), talk, repeatable=False, again=not is_one_shot(content))

    async def change(self, file: FileId, command: Command, body: bytes, *, repeatable: bool = True) -> bytes:
        """Ask the server that decides about the file to change it."""
        with _about(str(file)):
            address = self._address(await self._trackers.update(file))
            return await self._pool.exchange(
                address, lambda connection: connection.ask(command, body), repeatable=repeatable
            )

    async def upload_beside(self, file: FileId, command: Command, head: bytes, content: AnyContent, size: int) -> bytes:
        """Send content that belongs to a file to the server that decides about it."""
        with _about(str(file)):
            return await self.send(await self._trackers.update(file), command, head, content, size)

    async def read(self, file: FileId, talk: Talk[T]) -> T:
        """Ask a server that has the file, then its replicas.

        A replica may lag behind, so the file is missing only when the deciding server says so, and
        as long as a server cannot be asked nobody knows.
        """
        known = self._located.get(file)
        first = known or await self._trackers.fetch(file)
        with _about(str(file)):
            if self._replicas and self._pool.suspects(self._address(first)):
                return await self._read_from_any([*await self._others(file, first), first], file, talk, None)
            try:
                return await self._read_from(first, file, talk)
            except Refused as error:
                if known:
                    return await self.read(file, talk)
                if error.status != Status.MISSING or not self._replicas:
                    raise
                deciding = await self._trackers.update(file)
                if _same(deciding, first):
                    raise
                return await self._read_from(deciding, file, talk)
            except (ServerUnreachable, ConnectionLost) as error:
                failure = error
            return await self._read_from_any(await self._others(file, first), file, talk, failure)

    async def _others(self, file: FileId, first: Server) -> list[Server]:
        servers = await self._trackers.fetch_all(file) if self._replicas else [await self._trackers.fetch(file)]
        others = [server for server in servers if not _same(server, first)]
        return sorted(others, key=lambda server: self._pool.suspects(self._address(server)))

    async def _read_from_any(
        self, servers: list[Server], file: FileId, talk: Talk[T], failure: FastDFSError | None
    ) -> T:
        """The answer of the first that has the file; missing only if each of them was asked."""
        missing: Refused | None = None
        for server in servers:
            try:
                return await self._read_from(server, file, talk)
            except (ServerUnreachable, ConnectionLost) as error:
                failure = failure or error
            except Refused as error:
                if error.status != Status.MISSING:
                    raise
                missing = error
        raise failure or missing or NoStorageAvailable(f"the trackers name no storage server for {file}")

    async def _read_from(self, server: Server, file: FileId, talk: Talk[T]) -> T:
        """Ask this server, and remember for the next read whether it was the right one."""
        try:
            answer = await self._pool.exchange(self._address(server), talk)
        except FastDFSError:
            self._located.pop(file, None)
            raise
        if len(self._located) >= _LOCATED:
            self._located.clear()
        self._located[file] = server
        return answer

    def _address(self, server: Server) -> Address:
        address = Address(server.host, server.port)
        for known in (str(address), server.host):
            if known in self._map:
                return Address.parse(self._map[known], default_port=server.port)
        return address


def _same(one: Server, other: Server) -> bool:
    return (one.host, one.port) == (other.host, other.port)


@contextmanager
def _about(file_id: str) -> Iterator[None]:
    """Status 2 from a storage server means that the file is missing; trackers never get here."""
    try:
        yield
    except Refused as error:
        if error.status == Status.MISSING:
            raise NoSuchFile(file_id) from error
        raise
