"""Connections and their pool for an event loop of asyncio."""

import asyncio
import socket
from contextlib import suppress
from typing import ClassVar, Self

from ..exceptions import ServerUnreachable
from .connection import Address, Connection
from .pool import Pool


class AsyncConnection(Connection):
    """A connection whose coroutines wait in the event loop."""

    @classmethod
    async def open(cls, address: Address, *, connect_timeout: float, network_timeout: float) -> Self:
        """A connection to a server, at the first of its addresses that answers."""
        loop = asyncio.get_running_loop()
        failure: OSError | UnicodeError | None = None
        try:
            async with asyncio.timeout(connect_timeout):
                places = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
                for family, kind, protocol, _name, place in places:
                    connecting = socket.socket(family, kind, protocol)
                    connecting.setblocking(False)
                    try:
                        await loop.sock_connect(connecting, place)
                    except BaseException as error:
                        connecting.close()
                        if not isinstance(error, OSError):
                            raise
                        failure = error
                    else:
                        return cls(address, connecting, patience=network_timeout)
        except (OSError, UnicodeError) as error:  # the latter of what can be no host name
            failure = error
        raise ServerUnreachable(f"no connection to {address}: {str(failure) or 'timed out'}") from failure

    async def _transmit(self, piece: memoryview, *, more: bool) -> None:
        async with asyncio.timeout(self.patience):
            await asyncio.get_running_loop().sock_sendall(self._socket, piece)

    async def _receive(self, view: memoryview, seconds: float) -> int:
        async with asyncio.timeout(seconds):
            return await asyncio.get_running_loop().sock_recv_into(self._socket, view)


class AsyncPool(Pool):
    """A pool for the tasks of one event loop."""

    connection: ClassVar[type[Connection]] = AsyncConnection

    def _new_slots(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(self.max_connections)

    async def _is_entered(self, slots: asyncio.Semaphore) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.network_timeout):
                return await slots.acquire()
        return False
