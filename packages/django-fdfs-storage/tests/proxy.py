"""A network that misbehaves: a TCP proxy in front of a server, with faults to switch on."""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field

from django_fdfs_storage.client.connection import Address


@dataclass
class Proxy:
    """Forwards to `target` until a fault says otherwise; each fault holds for every connection."""

    target: Address
    hang: bool = False
    """Accept and read, but never answer."""
    deaf: bool = False
    """Accept, but read nothing."""
    cut_answer_after: int | None = None
    """Close after so many bytes of answers."""
    cut_request_after: int | None = None
    """Close after so many bytes of requests."""
    garbage: bytes = b""
    """Answer this to the first bytes of a request."""
    accepted: int = 0
    _open: set[socket.socket] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = Address(*self._listener.getsockname())
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __str__(self) -> str:
        return str(self.address)

    def heal(self) -> None:
        self.hang = self.deaf = False
        self.garbage = b""
        self.cut_answer_after = self.cut_request_after = None

    def drop_connections(self) -> None:
        """What clients see when the server process ends."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        self.drop_connections()

    def restart(self) -> None:
        """Listen again, at the same port."""
        self._listener = socket.create_server((self.address.host, self.address.port))
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            server = socket.create_connection((self.target.host, self.target.port))
            self._open |= {client, server}
            requests = threading.Thread(target=self._pump, args=(client, server, True), daemon=True)
            answers = threading.Thread(target=self._pump, args=(server, client, False), daemon=True)
            requests.start()
            answers.start()

    def _pump(self, source: socket.socket, sink: socket.socket, requests: bool) -> None:
        count = 0
        with contextlib.suppress(OSError):
            while True:
                while requests and self.deaf:
                    time.sleep(0.02)
                if not (data := source.recv(65536)):
                    break
                limit = self.cut_request_after if requests else self.cut_answer_after
                if requests and self.garbage:
                    source.sendall(self.garbage)
                    break
                if self.hang:
                    continue
                if limit is not None and count + len(data) > limit:
                    sink.sendall(data[: max(limit - count, 0)])
                    break
                sink.sendall(data)
                count += len(data)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            source.close()
        self._open.discard(source)
