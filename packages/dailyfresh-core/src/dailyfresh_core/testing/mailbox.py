"""A mail server for tests, on a port of its own, and the settings that lead to it."""

import socketserver
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import django


def mail(backend: str, **options: object) -> dict[str, object]:
    """The settings of a mail backend, as this Django wants them."""
    path = f"django.core.mail.backends.{backend}.EmailBackend"
    if django.VERSION >= (6, 1):
        return {"MAILERS": {"default": {"BACKEND": path, "OPTIONS": options}}}
    return {"EMAIL_BACKEND": path, **{f"EMAIL_{name.upper()}": value for name, value in options.items()}}


def smtp(port: int, timeout: float | None = 5) -> dict[str, object]:
    """The settings for a mail server on this machine."""
    return mail("smtp", host="127.0.0.1", port=port, timeout=timeout)


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server of thirty lines that keeps what it accepts; `answers` overrides a command's answer."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.messages: list[bytes] = []
        self.answers: dict[str, str | Callable[[Any], str | None]] = {}
        self.accepted: threading.Event = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.shutdown()  # a thread that goes on asking a closed socket takes a processor for itself
        self.server_close()

    def parsed(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.messages]


class Conversation(socketserver.StreamRequestHandler):
    server: Mailbox

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("220 here")
        for line in iter(self.rfile.readline, b""):
            command = line.split()[0].upper().decode() if line.split() else ""
            answer = self.server.answers.get(command)
            if callable(answer):
                answer = answer(self)
            if command == "DATA" and answer is None:
                self.say("354 go on")
                self.server.messages.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                answer = self.server.answers.get("ACCEPT", "250 kept")
                self.server.accepted.set()
                if callable(answer):
                    answer = answer(self)
            self.say(answer or "250 fine")
            if command == "QUIT":
                return
