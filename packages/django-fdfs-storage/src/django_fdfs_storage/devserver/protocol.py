"""One connection of a FastDFS server: read a request, call its method, answer."""

import socket
import socketserver
import struct
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from ..client.wire import HEADER, RESPONSE, Command, Header, Status, pack_message, unpack_header

Method = TypeVar("Method", bound=Callable[..., Any])


class Refusal(Exception):
    """The request ends with this status and nothing else."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Hangup(Exception):
    """The client is gone."""


def serve(*commands: Command) -> Callable[[Method], Method]:
    """Mark the method that answers these commands."""

    def mark(method: Method) -> Method:
        method.commands = commands  # type: ignore[attr-defined]
        return method

    return mark


class RequestHandler(socketserver.StreamRequestHandler):
    """Reads requests until the client leaves; `left` counts the unread bytes of the body.

    A method gives the body of its answer, or None when it has answered already.
    """

    methods: ClassVar[dict[int, str]]
    stays_open: ClassVar[frozenset[int]]
    rbufsize = 256 * 1024
    disable_nagle_algorithm = True
    left: int = 0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.methods = {command: name for name in dir(cls) for command in getattr(getattr(cls, name), "commands", ())}

    def handle(self) -> None:
        """Serve the connection to its end."""
        try:
            while data := self._header():
                if len(data) < HEADER.size or not self._serve(unpack_header(data)):
                    return
        except (Hangup, OSError):
            return

    def _header(self) -> bytes:
        if hasattr(socket, "TCP_QUICKACK"):
            # A client that sends header and body apart (Nagle) would wait 40 ms for each answer.
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return self.rfile.read(HEADER.size)

    def _serve(self, header: Header) -> bool:
        """Answer one request and say whether the connection stays open."""
        if header.command == Command.QUIT or header.length >> 63:
            return False
        self.left = header.length
        try:
            if header.command not in self.methods:
                raise Refusal(Status.INVALID)
            body = getattr(self, self.methods[header.command])(header)
            if body is not None:
                self.answer(Status.OK, body)
            return True
        except Refusal as refusal:
            if refusal.status in self.stays_open:
                while self.left:
                    self.read(min(self.left, self.rbufsize))
            self.answer(refusal.status)
            return refusal.status in self.stays_open

    @serve(Command.ACTIVE_TEST)
    def active_test(self, header: Header) -> bytes:
        """A sign of life."""
        if header.length:
            raise Refusal(Status.INVALID)
        return b""

    def answer(self, status: int, body: bytes = b"", *, more: int = 0) -> None:
        """Send an answer; `more` bytes of its body follow."""
        self.connection.sendall(pack_message(RESPONSE, body, more=more, status=status))

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes of the body."""
        data = self.rfile.read(size)
        if len(data) < size:
            raise Hangup
        self.left -= size
        return data

    def read_struct(self, layout: str, header: Header) -> tuple[Any, ...]:
        """The fixed fields in front of the body."""
        size = struct.calcsize(layout)
        if header.length < size:
            raise Refusal(Status.INVALID)
        fields = struct.unpack(layout, self.read(size))
        if any(isinstance(field, int) and field >> 63 for field in fields):
            # FastDFS reads numbers as signed and refuses negative ones.
            raise Refusal(Status.INVALID)
        return fields
