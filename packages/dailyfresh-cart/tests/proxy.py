"""A line between the site and Redis that can be cut, hang, or lose an answer after the question went through."""

import contextlib
import socket
import threading
from typing import Any
from urllib.parse import urlsplit, urlunsplit


class Proxy:
    """Passes bytes on until `state` says otherwise: "up", "cut", "hung" or "deaf" (questions go, answers are lost)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.target = (parts.hostname or "127.0.0.1", parts.port or 6379)
        self.listener = socket.create_server(("127.0.0.1", 0))
        port = self.listener.getsockname()[1]
        self.url = urlunsplit(parts._replace(netloc=f"127.0.0.1:{port}"))
        self.state = "up"
        self.sockets: list[socket.socket] = []
        self.questions = 0

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.state = "cut"
        # A thread that waits in accept() keeps the port open over close().
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._drop()

    def cut(self) -> None:
        self.state = "cut"
        self._drop()

    def _drop(self) -> None:
        for end in self.sockets:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.sockets.clear()

    def _accept(self) -> None:
        while True:
            try:
                here, _address = self.listener.accept()
            except OSError:
                return
            if self.state == "cut":
                here.close()
                continue
            there = socket.create_connection(self.target)
            self.sockets += [here, there]
            threading.Thread(target=self._pass, args=(here, there, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(there, here, True), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.questions += not answers
                if self.state == "hung":
                    continue
                if self.state == "deaf" and answers:
                    # The question was obeyed; its answer is lost, and the connection with it.
                    self.state = "up"
                    break
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
