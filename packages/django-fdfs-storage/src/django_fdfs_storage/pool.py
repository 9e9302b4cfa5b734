"""A bounded pool of connections, and exchanges over them."""

import os
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from .connection import Address, Connection
from .exceptions import ConnectionLost, FastDFSError, PoolExhausted, ServerTimeout, ServerUnreachable
from .wire import Command

T = TypeVar("T")
# A server that failed is asked last for this long, and for a sign of life before it is asked for
# more: so a hung one costs a timeout once, and not at every call.
PENALTY_SECONDS = 10.0


# Name, value, attributes; called in the thread that measured, so it must be quick.
Metrics = Callable[[str, float, dict[str, str | int]], None]


class Pool:
    """At most `max_connections` connections to each server, kept between exchanges.

    Safe over threads. After a fork the child starts with an empty pool of its own. A lease waits
    `network_timeout` seconds for a free connection, then raises PoolExhausted.
    """

    def __init__(
        self, *, connect_timeout: float, network_timeout: float, max_connections: int, metrics: Metrics | None = None
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
        self._changed = threading.Condition()
        self._idle.clear()
        self._leased: defaultdict[Address, set[Connection]] = defaultdict(set)
        self._opening: defaultdict[Address, int] = defaultdict(int)
        self._failed: dict[Address, float] = {}

    @contextmanager
    def lease(self, address: Address, *, fresh: bool = False) -> Iterator[Connection]:
        """A connection for one exchange, pooled again if that exchange came to its end."""
        connection = self._take(address, fresh=fresh)
        try:
            yield connection
        finally:
            self._give(connection)

    def _take(self, address: Address, *, fresh: bool) -> Connection:
        deadline = monotonic() + self.network_timeout
        with self._changed:
            while True:
                if fresh:
                    self._drop_idle(address)
                while self._idle[address]:
                    connection = self._idle[address].pop()
                    if not connection.is_stale():
                        connection.reused = True
                        self._leased[address].add(connection)
                        return connection
                    connection.close()
                if len(self._leased[address]) + self._opening[address] < self.max_connections:
                    self._opening[address] += 1
                    break
                if not self._changed.wait(deadline - monotonic()):
                    raise PoolExhausted(f"all {self.max_connections} connections to {address} are in use")
        try:
            connection = Connection(address, connect_timeout=self.connect_timeout, network_timeout=self.network_timeout)
        except BaseException:
            with self._changed:
                self._opening[address] -= 1
                self._drop_idle(address)
                self._changed.notify_all()
            raise
        with self._changed:
            self._opening[address] -= 1
            self._leased[address].add(connection)
        return connection

    def _give(self, connection: Connection) -> None:
        with self._changed:
            leased = self._leased[connection.address]
            if connection.idle and connection in leased:
                self._idle[connection.address].append(connection)
            else:
                connection.close()
            leased.discard(connection)
            self._changed.notify_all()

    def _drop_idle(self, address: Address) -> None:
        for connection in self._idle.pop(address, []):
            connection.close()

    def drop(self, address: Address) -> None:
        """Close the idle connections to a server that was found dead."""
        with self._changed:
            self._drop_idle(address)

    def usage(self) -> dict[Address, tuple[int, int]]:
        """For each server the connections that are idle and in use."""
        with self._changed:
            addresses = {*self._idle, *self._leased}
            return {each: (len(self._idle.get(each, ())), len(self._leased.get(each, ()))) for each in addresses}

    # -- servers that failed --

    def blame(self, address: Address) -> None:
        """Note that a server failed."""
        with self._changed:
            self._drop_idle(address)
            self._failed[address] = monotonic() + PENALTY_SECONDS

    def suspects(self, address: Address) -> bool:
        """Whether a server failed a short time ago, so that another one is the better choice."""
        return self._failed.get(address, 0.0) > monotonic()

    def ping(self, address: Address) -> None:
        """Ask a server for a sign of life; any FastDFSError says that it gave none in `connect_timeout`."""
        with self.lease(address, fresh=True) as connection:
            connection.patience = min(self.connect_timeout, self.network_timeout)
            connection.begin(Command.ACTIVE_TEST)
            connection.answer()
            connection.patience = self.network_timeout

    def acquit(self, address: Address) -> None:
        """Give a server that failed its place back; ServerUnreachable while it gives no sign of life."""
        if address in self._failed:
            try:
                self.ping(address)
            except FastDFSError as error:
                self.blame(address)
                raise ServerUnreachable(f"{address} failed lately and gives no sign of life: {error}") from error
            self._failed.pop(address, None)

    def close(self) -> None:
        """Close all idle connections; the pool stays usable."""
        with self._changed:
            _close_all(self._idle)

    def _after_fork(self) -> None:
        # The child shares the parent's sockets: closing here leaves them open there.
        inherited = [
            connection for group in (self._idle, self._leased) for each in group.values() for connection in each
        ]
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
        pool._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def exchange(
    pool: Pool, address: Address, talk: Callable[[Connection], T], *, repeatable: bool = True, again: bool = True
) -> T:
    """One exchange with a server, repeated once where the pooled connection proves dead.

    What is not `repeatable` (an upload, an append) is repeated only while its request was not
    complete: once it was, the server may have acted, and a second copy would be made. Without
    `again` it cannot be repeated at all, because its content can be drawn only once.
    """
    with _measured(pool, address):
        pool.acquit(address)
        try:
            try:
                with pool.lease(address) as connection:
                    return talk(connection)
            except ConnectionLost as lost:
                pool.drop(address)
                hopeless = not connection.reused or isinstance(lost, ServerTimeout)
                if hopeless or not again or (lost.sent and not repeatable):
                    raise
            with pool.lease(address, fresh=True) as connection:
                return talk(connection)
        except (ServerUnreachable, ServerTimeout):
            pool.blame(address)
            raise


@contextmanager
def _measured(pool: Pool, address: Address) -> Iterator[None]:
    """Tell the duration of an exchange in seconds, and what it failed of, in the names of OpenTelemetry."""
    if pool.metrics is None:
        yield
        return
    attributes: dict[str, str | int] = {"server.address": address.host, "server.port": address.port}
    start = monotonic()
    try:
        yield
    except FastDFSError as error:
        attributes["error.type"] = type(error).__name__
        raise
    finally:
        pool.metrics("fastdfs.client.operation.duration", monotonic() - start, attributes)
