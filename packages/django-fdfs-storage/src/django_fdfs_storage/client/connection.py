"""One connection to a FastDFS server, with its deadlines."""

import io
import os
import re
import socket
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import NoReturn, Self

from ..exceptions import BadReply, ConnectionLost, Refused, ServerTimeout
from .wire import HEADER, RESPONSE, Header, Status, pack_message, unpack_header

PIECE = 256 * 1024
# After these the server waits for the next request; after any other it may close the connection.
_STAYS_OPEN = frozenset({Status.OK, Status.MISSING, Status.EXISTS})
# A name, an IPv4 or an IPv6 address, which may name its interface.
_HOST = re.compile(r"[\w.-]+|[0-9A-Fa-f:.]+(%[\w.-]+)?")
# No answer but content comes near this.
LONGEST_ANSWER = 16 * 1024 * 1024


@dataclass(frozen=True)
class Address:
    """Host and port of a server; the host may be a name, an IPv4 or an IPv6 address."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str, *, default_port: int | None = None) -> "Address":
        """The address in "host:port", "[ipv6]:port" or, with a default port, "host"."""
        host, port = text.strip(), ""
        if host.startswith("["):
            host, _, rest = host[1:].partition("]")
            port = rest.removeprefix(":")
        elif host.count(":") == 1:
            host, _, port = host.partition(":")
        number = int(port) if port.isdecimal() and len(port) < 6 else default_port if not port else None
        if not _HOST.fullmatch(host) or number is None or not 0 < number < 65536:
            raise ValueError(f"{text!r} is not host:port")
        return cls(host, number)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Connection(ABC):
    """One TCP connection that carries one exchange at a time.

    `patience` (seconds) is the longest time that each piece of 256 KB may take, so neither a hung
    server nor one that drips bytes can hold a caller. `idle` is True between two exchanges:
    only then may the connection serve somebody else.
    """

    def __init__(self, address: Address, connected: socket.socket, *, patience: float) -> None:
        self.address = address
        self.idle: bool = True
        self.reused: bool = False
        self.patience = patience
        self.command: int = 0
        self._socket = connected
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    @classmethod
    @abstractmethod
    async def open(cls, address: Address, *, connect_timeout: float, network_timeout: float) -> Self:
        """A connection to a server; ServerUnreachable when there is none within the first timeout."""

    @abstractmethod
    async def _transmit(self, piece: memoryview, *, more: bool) -> None:
        """Send a piece whole, in `patience` seconds."""

    @abstractmethod
    async def _receive(self, view: memoryview, seconds: float) -> int:
        """Wait for bytes and give their number, 0 at the end."""

    async def begin(self, command: int, body: bytes = b"", *, more: int = 0, flags: int = 0) -> None:
        """Send a request; `more` bytes of its body follow through `send`."""
        self.idle, self.command = False, command
        await self.send(pack_message(command, body, more=more, status=flags), more=more > 0)

    async def send(self, data: bytes, *, more: bool = False) -> None:
        """Send a part of a request; with `more` it may wait to travel with the next part."""
        view = memoryview(data)
        try:
            for start in range(0, len(view), PIECE):
                await self._transmit(view[start : start + PIECE], more=more)
        except OSError as error:
            self._lose(error, sent=False)

    async def ask(self, command: int, body: bytes = b"", *, flags: int = 0) -> bytes:
        """The body of the short answer to a short request."""
        await self.begin(command, body, flags=flags)
        return await self.answer()

    async def answer(self) -> bytes:
        """The body of a short answer; Refused for an error status."""
        return await self.content(most=LONGEST_ANSWER)

    async def _answer_length(self) -> int:
        header = await self._header()
        if header.command != RESPONSE:
            raise BadReply(f"{self.address} answered with command {header.command}")
        if header.status:
            # An error has no body; with one the stream cannot be trusted any further.
            self.idle = header.status in _STAYS_OPEN and header.length == 0
            raise Refused(header.status, f"{self.address} answered: {os.strerror(header.status)}")
        if header.length >> 63:
            raise BadReply(f"{self.address} announced a negative length")
        return header.length

    async def content(self, *, most: int | None) -> bytes:
        """The body of an answer that may be long; BadReply when it exceeds what was asked for.

        Memory grows with what arrives and not with what is announced.
        """
        length = await self._answer_length()
        if most is not None and length > most:
            raise BadReply(f"{self.address} answered {length} bytes where {most} were asked for")
        parts = [await self._part(min(length, LONGEST_ANSWER))]
        while left := length - sum(map(len, parts)):
            parts.append(await self._part(min(left, LONGEST_ANSWER)))
        self.idle = True
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _part(self, size: int) -> bytes:
        # The bytes of a BytesIO that nobody else holds are filled in place and handed out: no copy.
        part = io.BytesIO(bytes(size))
        with part.getbuffer() as view:
            for start in range(0, size, PIECE):
                # Released at once: a slice that a traceback keeps would keep the buffer from its end.
                with view[start : start + PIECE] as piece:
                    await self._fill(piece)
        return part.getvalue()

    async def _header(self) -> Header:
        data = bytearray(HEADER.size)
        await self._fill(memoryview(data))
        return unpack_header(bytes(data))

    async def _fill(self, view: memoryview) -> None:
        deadline = monotonic() + self.patience
        filled = 0
        try:
            while filled < len(view):
                with view[filled:] as rest:
                    count = await self._receive(rest, max(deadline - monotonic(), 1e-6))
                if not count:
                    raise ConnectionLost(f"{self.address} closed the connection")
                filled += count
        except ConnectionLost:
            raise
        except OSError as error:
            self._lose(error, sent=True)

    def _lose(self, error: OSError, *, sent: bool) -> NoReturn:
        kind = ServerTimeout if isinstance(error, TimeoutError) else ConnectionLost
        raise kind(f"lost the connection to {self.address}: {str(error) or 'timed out'}", sent=sent) from error

    def is_stale(self) -> bool:
        """Whether the server closed it, or sent something that nobody asked for."""
        try:
            self._socket.settimeout(0)
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """Close the socket."""
        self.idle = False
        with suppress(OSError):
            self._socket.close()
