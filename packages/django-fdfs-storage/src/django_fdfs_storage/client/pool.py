"""A bounded pool of connections, and exchanges over them."""

import os
import threading
import weakref
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, ClassVar, TypedDict, TypeVar

from ..exceptions import ConnectionLost, FastDFSError, PoolExhausted, ServerTimeout, ServerUnreachable
from .connection import Address, Connection
from .metrics import Metrics, measured
from .wire import Command

T = TypeVar("T")
Talk = Callable[[Connection], Awaitable[T]]
# A server that failed is asked last for this long, and for a sign of life before it is asked for
# more: so a hung one costs a timeout once, and not at every call.
PENALTY_SECONDS = 10.0


class PoolOptions(TypedDict, total=False):
    """Seconds to open a connection and for each answer, connections to each server, and who is told of them."""

    connect_timeout: float
    network_timeout: float
    max_connections: int
    metrics: Metrics | None


class Pool(ABC):
    """At most `max_connections` connections to each server, kept between exchanges.

    After a fork the child starts with an empty pool of its own. Who finds no free connection waits
    `network_timeout` seconds, then gets PoolExhausted.
    """

    connection: ClassVar[type[Connection]]

    def __init__(
        self,
        *,
        connect_timeout: float = 5.0,
        network_timeout: float = 30.0,
        max_connections: int = 32,
        metrics: Metrics | None = None,
    ) -> None:
        self.metrics = metrics
        self.connect_timeout = connect_timeout
        self.network_timeout = network_timeout
        self.max_connections = max_connections
        self._idle: defaultdict[Address, list[Connection]] = defaultdict(list)
        self._reset()
        _pools.add(self)
        # Runs at the exit of the process too, while everything that closing needs is still there.
        weakref.finalize(self, _close_all, self._idle)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._idle.clear()
        self._leased: defaultdict[Address, set[Connection]] = defaultdict(set)
        self._slots: dict[Address, Any] = {}
        self._failed: dict[Address, float] = {}

    @abstractmethod
    def _new_slots(self) -> Any:
        """A semaphore of `max_connections`."""

    @abstractmethod
    async def _is_entered(self, slots: Any) -> bool:
        """Wait `network_timeout` seconds for the semaphore."""

    async def _enter(self, address: Address) -> Any:
        """A slot for one exchange, whatever is tried in it, to be released."""
        slots = self._slots.get(address) or self._slots.setdefault(address, self._new_slots())
        if not await self._is_entered(slots):
            raise PoolExhausted(f"all {self.max_connections} connections to {address} are in use")
        return slots

    async def _take(self, address: Address, *, fresh: bool = False) -> Connection:
        """A connection for a slot, to be given back whatever becomes of it."""
        if fresh:
            self.drop(address)
        connection = self._kept(address) or await self.connection.open(
            address, connect_timeout=self.connect_timeout, network_timeout=self.network_timeout
        )
        with self._lock:
            self._leased[address].add(connection)
        return connection

    def _kept(self, address: Address) -> Connection | None:
        while True:
            with self._lock:
                if not self._idle[address]:
                    return None
                connection = self._idle[address].pop()
            if not connection.is_stale():
                connection.reused = True
                return connection
            connection.close()

    def _give(self, connection: Connection) -> None:
        """Keep a connection for the next exchange if its last one came to its end, and close it if not."""
        address = connection.address
        with self._lock:
            # After a fork in the middle of an exchange it is the parent's.
            kept = connection in self._leased[address] and connection.idle
            self._leased[address].discard(connection)
            if kept:
                self._idle[address].append(connection)
        if not kept:
            connection.close()

    def drop(self, address: Address) -> None:
        """Close the idle connections to a server that was found dead."""
        with self._lock:
            dropped = self._idle.pop(address, [])
        for connection in dropped:
            connection.close()

    def usage(self) -> dict[Address, tuple[int, int]]:
        """For each server the connections that are idle and in use."""
        with self._lock:
            return {each: self._usage_of(each) for each in {*self._idle, *self._leased}}

    def _usage_of(self, address: Address) -> tuple[int, int]:
        return len(self._idle.get(address, ())), len(self._leased.get(address, ()))

    # -- servers that failed --

    def blame(self, address: Address) -> None:
        """Note that a server failed."""
        self.drop(address)
        self._failed[address] = monotonic() + PENALTY_SECONDS

    def suspects(self, address: Address) -> bool:
        """Whether a server failed a short time ago, so that another one is the better choice."""
        return self._failed.get(address, 0.0) > monotonic()

    async def ping(self, address: Address) -> None:
        """Ask a server for a sign of life; any FastDFSError says that it gave none in `connect_timeout`."""
        slots = await self._enter(address)
        try:
            await self._ping(address)
        finally:
            slots.release()

    async def _ping(self, address: Address) -> None:
        async def talk(connection: Connection) -> None:
            connection.patience = min(self.connect_timeout, self.network_timeout)
            await connection.ask(Command.ACTIVE_TEST)
            connection.patience = self.network_timeout

        await self._afresh(address, talk)

    async def _acquit(self, address: Address) -> None:
        """Give a server that failed its place back; ServerUnreachable while it gives no sign of life."""
        if address in self._failed:
            try:
                await self._ping(address)
            except FastDFSError as error:
                self.blame(address)
                raise ServerUnreachable(f"{address} failed lately and gives no sign of life: {error}") from error
            self._failed.pop(address, None)

    # -- exchanges --

    async def exchange(self, address: Address, talk: Talk[T], *, repeatable: bool = True, again: bool = True) -> T:
        """One exchange with a server, repeated once where the pooled connection proves dead.

        What is not `repeatable` (an upload, an append) is repeated only while its request was not
        complete: once it was, the server may have acted, and a second copy would be made. Without
        `again` it cannot be repeated at all, because its content can be drawn only once.
        """
        with measured(self.metrics, address, self._usage_of) as attributes:
            slots = await self._enter(address)
            try:
                await self._acquit(address)
                connection = await self._take(address)
                try:
                    return await talk(connection)
                except ConnectionLost as lost:
                    self.drop(address)
                    hopeless = not connection.reused or isinstance(lost, ServerTimeout)
                    if hopeless or not again or (lost.sent and not repeatable):
                        raise
                finally:
                    attributes["fastdfs.operation.name"] = connection.command
                    self._give(connection)
                return await self._afresh(address, talk)
            except (ServerUnreachable, ServerTimeout):
                self.blame(address)
                raise
            finally:
                slots.release()

    async def _afresh(self, address: Address, talk: Talk[T]) -> T:
        connection = await self._take(address, fresh=True)
        try:
            return await talk(connection)
        finally:
            self._give(connection)

    def close(self) -> None:
        """Close all idle connections; the pool stays usable."""
        with self._lock:
            _close_all(self._idle)

    def after_fork(self) -> None:
        """Close what is the parent's; it stays open there."""
        inherited = [each for group in (self._idle, self._leased) for some in group.values() for each in some]
        self._reset()
        for connection in inherited:
            connection.close()


def _close_all(connections: dict[Address, list[Connection]]) -> None:
    while connections:
        for connection in connections.popitem()[1]:
            connection.close()


_pools: "weakref.WeakSet[Pool]" = weakref.WeakSet()


def _after_fork() -> None:
    for pool in list(_pools):
        pool.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
