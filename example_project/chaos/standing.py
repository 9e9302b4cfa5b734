"""A stack that runs as a child of this process, and its parts one by one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
PATIENCE = 300.0
SIGHTS = 0.1


class Stack:
    """The stack in a folder: its environment, its log, its parts by name."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.log = var.parent / "stack.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> dict[str, str]:
        """What its programs are given, over ours."""
        noted = (self.var / "stack.env").read_text().splitlines()
        return {**clean_environ(), **dict(line.split("=", 1) for line in noted)}

    @property
    def site(self) -> str:
        return self.environ["SITE_URL"]

    def start(self, port: int, *words: str) -> None:
        """Start it and wait until it is open; RuntimeError with its last words when it ends instead."""
        command = [
            PYTHON,
            "-m",
            "deploy.stack",
            "--port",
            str(port),
            "--dir",
            str(self.var),
            *words,
        ]
        with self.log.open("w") as out:
            self.process = subprocess.Popen(  # noqa: S603
                command, cwd=PROJECT, env=clean_environ(), stdout=out, stderr=subprocess.STDOUT
            )
        end = time.monotonic() + PATIENCE
        while "The store is open" not in self.said():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(self.said()[-3000:])
            time.sleep(SIGHTS)

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> float:
        """Ctrl-C; gives the seconds that it took."""
        began = time.monotonic()
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
        return time.monotonic() - began

    def python(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`python WORDS` in its environment."""
        return subprocess.run([PYTHON, *words], cwd=PROJECT, env=self.environ, capture_output=True, text=True)  # noqa: S603

    def pid(self, part: str) -> int:
        return int((self.var / "run" / f"{part}.pid").read_text())

    def strike(self, part: str, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid(part), number)

    @contextmanager
    def without(self, part: str) -> Iterator[None]:
        """Killed, and not started again before the end."""
        held = self.var / "run" / f"{part}.held"
        held.touch()
        self.strike(part, signal.SIGKILL)
        time.sleep(0.5)
        try:
            yield
        finally:
            before = self.pid(part)
            held.unlink()
            while self.pid(part) == before:
                time.sleep(SIGHTS)


def clean_environ() -> dict[str, str]:
    """Ours, without what would tell a stack where other services are."""
    return {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
