"""Connections and their pool for threads: what the coroutines await is there at once, because the sockets block."""

import socket
import threading
from typing import ClassVar, Self

from ..exceptions import ServerUnreachable
from .connection import Address, Connection
from .pool import Pool

_MORE = getattr(socket, "MSG_MORE", 0)


class BlockingConnection(Connection):
    """A connection that holds its thread up, so that its coroutines never wait."""

    @classmethod
    async def open(cls, address: Address, *, connect_timeout: float, network_timeout: float) -> Self:
        """A connection to a server."""
        try:
            connected = socket.create_connection((address.host, address.port), timeout=connect_timeout)
        except (OSError, UnicodeError) as error:  # the latter of what can be no host name
            raise ServerUnreachable(f"no connection to {address}: {error}") from error
        return cls(address, connected, patience=network_timeout)

    async def _transmit(self, piece: memoryview, *, more: bool) -> None:
        self._socket.settimeout(self.patience)
        self._socket.sendall(piece, _MORE if more else 0)

    async def _receive(self, view: memoryview, seconds: float) -> int:
        self._socket.settimeout(seconds)
        return self._socket.recv_into(view)


class BlockingPool(Pool):
    """A pool for threads."""

    connection: ClassVar[type[Connection]] = BlockingConnection

    def _new_slots(self) -> threading.Semaphore:
        return threading.Semaphore(self.max_connections)

    async def _is_entered(self, slots: threading.Semaphore) -> bool:
        return slots.acquire(timeout=self.network_timeout)
