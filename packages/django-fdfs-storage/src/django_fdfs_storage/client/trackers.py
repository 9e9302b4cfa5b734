"""What trackers tell: which storage server to ask, and the state of the cluster."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from ..exceptions import BadReply, ConnectionLost, FastDFSError, NoStorageAvailable, Refused, ServerUnreachable
from ..names import FileId
from .connection import Address
from .coroutines import blocking
from .listings import Group, StorageState, unpack_groups, unpack_storages
from .pool import Pool
from .wire import (
    GROUP_WIDTH,
    Command,
    Server,
    Status,
    pack_file,
    pack_text,
    unpack_fetch,
    unpack_servers,
    unpack_store,
)

T = TypeVar("T")


class Trackers:
    """The trackers of one cluster, asked in order until one answers.

    Every question is read-only, so it is repeated freely. A tracker that knows no storage server is
    no reason to stop: for some seconds after its start it knows none.
    """

    def __init__(self, addresses: Sequence[Address], pool: Pool) -> None:
        if not addresses:
            raise ValueError("at least one tracker is needed")
        self.addresses: tuple[Address, ...] = tuple(addresses)
        self._pool = pool

    async def store(self, group: str | None = None) -> Server:
        """The server that takes the next upload, in any group or in this one."""
        if group is None:
            return await self._ask(Command.STORE, b"", unpack_store)
        return await self._ask(Command.STORE_IN_GROUP, pack_text(group, GROUP_WIDTH), unpack_store)

    async def store_all(self, group: str) -> list[Server]:
        """Every server of a group that takes uploads."""
        body = pack_text(group, GROUP_WIDTH)
        return await self._ask(Command.STORE_IN_GROUP_ALL, body, lambda answer: unpack_servers(answer, tail=1))

    async def fetch(self, file: FileId) -> Server:
        """A server that should hold the file; trackers do not know whether it exists."""
        return await self._ask(Command.FETCH, pack_file(file), unpack_fetch)

    async def fetch_all(self, file: FileId) -> list[Server]:
        """Every server that should hold the file."""
        return await self._ask(Command.FETCH_ALL, pack_file(file), unpack_servers)

    async def update(self, file: FileId) -> Server:
        """The server that decides about the file: it has it, or the file does not exist."""
        return await self._ask(Command.UPDATE, pack_file(file), unpack_fetch)

    async def groups(self) -> list[Group]:
        """All groups of the cluster."""
        return await self._ask(Command.LIST_GROUPS, b"", unpack_groups)

    async def storages(self, group: str) -> list[StorageState]:
        """All storage servers of a group, down ones too."""
        return await self._ask(Command.LIST_STORAGES, pack_text(group, GROUP_WIDTH), unpack_storages)

    async def ping(self, address: Address) -> None:
        """Ask one tracker for a sign of life; any FastDFSError says that there is none."""
        await self._pool.ping(address)

    async def _ask(self, command: Command, body: bytes, unpack: Callable[[bytes], T]) -> T:
        failures: list[FastDFSError] = []
        for address in sorted(self.addresses, key=self._pool.suspects):
            try:
                return unpack(await self._pool.exchange(address, lambda connection: connection.ask(command, body)))
            except Refused as error:
                failures.append(error)
            except (ServerUnreachable, ConnectionLost, BadReply) as error:
                self._pool.blame(address)
                failures.append(error)
        raise _verdict(failures)


class BlockingTrackers:
    """What a blocking client tells of its trackers."""

    def __init__(self, core: Trackers) -> None:
        self.core = core
        self.addresses: tuple[Address, ...] = core.addresses

    store: Final = blocking(Trackers.store)
    groups: Final = blocking(Trackers.groups)
    storages: Final = blocking(Trackers.storages)
    ping: Final = blocking(Trackers.ping)


def _verdict(failures: list[FastDFSError]) -> FastDFSError:
    """One error for all trackers: what a tracker answered says more than that another was dead."""
    refusals = [error for error in failures if isinstance(error, Refused)]
    reasons = "; ".join(str(error) for error in failures)
    if any(error.status in (Status.MISSING, Status.NO_SPACE) for error in refusals):
        error: FastDFSError = NoStorageAvailable(f"no storage server for this request ({reasons})")
    elif refusals:
        error = refusals[0]
    else:
        error = ServerUnreachable(f"no tracker answered ({reasons})")
    error.__cause__ = None if error in failures else failures[-1]
    return error
