"""The development server as one object: start it, stop it, read its ports."""

import socket
import socketserver
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import ThreadingHTTPServer
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

from ..client.connection import Address
from .disk import Disk
from .http import FileHandler
from .storage import StorageHandler
from .tracker import StorageServer, TrackerHandler


class DevServer:
    """Tracker, storage servers (one for each group) and HTTP over a directory.

    Port 0 takes a free one and None leaves HTTP out; the storage servers of further groups follow
    the first one's port. FastDFS knows no passwords, so a host other than loopback has to be
    allowed with `public`. With a `secret`, HTTP wants tokens that live `token_ttl` seconds.
    """

    def __init__(
        self,
        directory: str | Path,
        *,
        host: str = "127.0.0.1",
        tracker_port: int = 22122,
        storage_port: int = 23000,
        http_port: int | None = 8888,
        groups: Sequence[str] = ("group1",),
        secret: str | None = None,
        token_ttl: int = 900,
        public: bool = False,
    ) -> None:
        if not public and not _is_loopback(host):
            raise ValueError(f"{host} is not loopback, and anybody who reaches FastDFS can delete every file")
        anywhere = host in ("", "0.0.0.0", "::")  # noqa: S104 - it is only recognised
        self.host: str = "127.0.0.1" if anywhere else host if ":" in host else socket.gethostbyname(host)
        self._servers: list[_Server | _HTTPServer] = []
        self._threads: list[threading.Thread] = []
        self.disks: dict[str, Disk] = {group: Disk(Path(directory), group) for group in groups}
        storages = []
        try:
            for number, (group, disk) in enumerate(self.disks.items()):
                facts = {"disk": disk, "group": group, "source": self.host}
                port = storage_port + number if storage_port else 0
                server = self._add(_Server((host, port), type("Handler", (StorageHandler,), facts)))
                storages.append(
                    StorageServer(
                        group, None if anywhere else self.host, server.server_address[1], disk, int(time.time())
                    )
                )
            facts = {"storages": storages, "turns": count()}
            self._add(_Server((host, tracker_port), type("Handler", (TrackerHandler,), facts)))
            if http_port is not None:
                facts = {"disks": self.disks, "secret": secret, "token_ttl": token_ttl}
                self._add(_HTTPServer((host, http_port), type("Handler", (FileHandler,), facts)))
        except BaseException:
            self.stop()
            raise
        ports = [server.server_address[1] for server in self._servers]
        self.storage_ports: list[int] = ports[: len(groups)]
        self.tracker_port: int = ports[len(groups)]
        self.http_port: int | None = ports[-1] if http_port is not None else None

    @property
    def tracker(self) -> str:
        """The tracker's host:port."""
        return str(Address(self.host, self.tracker_port))

    @property
    def url(self) -> str:
        """The base URL of the files."""
        return f"http://{Address(self.host, self.http_port or 0)}/"

    def _add(self, server: Any) -> Any:
        self._servers.append(server)
        return server

    def start(self) -> "DevServer":
        """Serve in threads until `stop`."""
        for server in self._servers:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def stop(self) -> None:
        """Stop serving and close every connection."""
        # Each server looks up from its work every 50 ms: all are told before any is waited for.
        if self._threads:
            with ThreadPoolExecutor() as tellers:
                list(tellers.map(lambda server: server.shutdown(), self._servers))
        for server in self._servers:
            server.server_close()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def __enter__(self) -> "DevServer":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Hangs:
    """Knows the open connections, to end them when the server stops."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128
    address_family: int

    def __init__(self, address: tuple[str, int], handler: type) -> None:
        self._open: set[socket.socket] = set()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        try:
            super().__init__(address, handler)  # type: ignore[call-arg]
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(Address(*address))) from error

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)  # type: ignore[misc]

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)  # type: ignore[misc]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves in the middle is no news; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[misc]

    def server_close(self) -> None:
        super().server_close()  # type: ignore[misc]
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)


class _Server(_Hangs, socketserver.ThreadingTCPServer):
    pass


class _HTTPServer(_Hangs, ThreadingHTTPServer):
    pass


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
