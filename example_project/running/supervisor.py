"""Starts programs, prefixes what they say, and stops them all when one of them or the supervisor itself has to end."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

LEASH = Path(__file__).with_name("leash.py")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TELL_EVERY = 20.0  # seconds that a start may take without a word
PATIENCE = 3.0  # seconds between SIGTERM and SIGKILL: what must happen is a row, so that a busy worker may be killed


class Failed(Exception):
    """A program did not start or ended by itself; the message is one sentence for the person at the terminal."""


class Stopped(Exception):
    """SIGINT or SIGTERM arrived."""


@dataclass(frozen=True)
class Program:
    """One program of the demo; `at` is the port on loopback or the socket where it answers.

    `hush` matches the lines not worth showing; a `backing` one is stopped after the others.
    """

    name: str
    command: Sequence[str]
    at: int | Path | None = None
    hush: re.Pattern[str] | None = None
    backing: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)


class Output:
    """Lines of many programs on one terminal, each behind the coloured name of its program."""

    COLOURS = (36, 33, 35, 34, 32, 31, 96, 93)

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.colours: dict[str, int] = {}
        self.coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def say(self, name: str, line: str) -> None:
        with self.lock:
            label = f"{name[:9]:>9} | "
            if self.coloured:
                colour = self.colours.setdefault(name, self.COLOURS[len(self.colours) % len(self.COLOURS)])
                label = f"\x1b[{colour}m{label}\x1b[0m"
            with suppress(OSError):  # the terminal may be gone while the programs are being stopped
                sys.stdout.write(f"{label}{line}\n")
                sys.stdout.flush()


class Supervisor:
    """Holds the running programs. Use as a context manager: on leaving, all of them are stopped."""

    def __init__(
        self, *, folder: Path, environ: Mapping[str, str], output: Output, restarting: Path | None = None
    ) -> None:
        """With the folder `restarting`, a program that ends by itself is started again after a second, as systemd would.

        NAME.pid there says which process it is; while NAME.held lies there it is not started.
        """
        self.folder, self.environ, self.output, self.restarting = folder, dict(environ), output, restarting
        self.running: list[tuple[Program, subprocess.Popen[str], threading.Thread]] = []

    def __enter__(self) -> "Supervisor":
        self.handlers = {number: signal.signal(number, self._stopped) for number in SIGNALS}
        return self

    def _stopped(self, number: int, frame: FrameType | None) -> None:
        raise Stopped

    def __exit__(self, *_exception: object) -> None:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave programs behind
        self.stop()
        for number, handler in self.handlers.items():
            signal.signal(number, handler)

    def start(self, program: Program) -> subprocess.Popen[str]:
        """Starts it in a session of its own: Ctrl-C reaches the supervisor alone, which stops them in order."""
        command = [sys.executable, str(LEASH), str(os.getpid()), *program.command]
        process = subprocess.Popen(  # noqa: S603 - the commands come from services.py
            command,
            cwd=self.folder,
            env={**os.environ, **self.environ, **program.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        reader = threading.Thread(target=self._read, args=(program, process), daemon=True)
        reader.start()
        self.running.append((program, process, reader))
        if self.restarting:
            aside = self.restarting / f"{program.name}.new"
            aside.write_text(str(process.pid))
            # Whoever reads it meanwhile sees the old one, and never half of it.
            aside.replace(self.restarting / f"{program.name}.pid")
        return process

    def _read(self, program: Program, process: "subprocess.Popen[str]") -> None:
        assert process.stdout
        with process.stdout as lines:
            for line in lines:
                text = line.rstrip()
                if text and not (program.hush and program.hush.search(text)):
                    self.output.say(program.name, text)

    def run(self, *programs: Program) -> None:
        """Runs those that are to end, side by side, and waits for all of them."""
        for program in programs:
            self.start(program)
        rows = self.running[-len(programs) :]
        for program, process, reader in rows:
            code = process.wait()
            reader.join(timeout=2)
            if code:
                raise Failed(f"{program.name} failed with status {code}; its last lines above say why.")
        del self.running[-len(programs) :]

    def wait_ready(self, *, timeout: float = 300) -> None:
        """Waits until every program with a place accepts connections there, and says for whom when it takes long."""
        deadline, told = time.monotonic() + timeout, time.monotonic()
        for program, process, reader in self.running:
            while program.at is not None and not listens(program.at):
                if process.poll() is not None:
                    reader.join(timeout=2)
                    raise Failed(f"{program.name} ended with status {process.returncode} while it was starting.")
                if time.monotonic() > deadline:
                    raise Failed(f"{program.name} did not answer at {program.at} within {timeout:.0f} seconds.")
                if time.monotonic() > told + TELL_EVERY:
                    told = time.monotonic()
                    self.output.say(program.name, f"is not at {program.at} yet; still waiting")
                time.sleep(0.05)

    def watch(self) -> None:
        """Returns never: raises `Stopped` on a signal, `Failed` when a program ends by itself and is not to be started again."""
        while True:
            for row in [row for row in self.running if row[1].poll() is not None]:
                self._ended(*row)
            time.sleep(0.3)

    def _ended(self, program: Program, process: "subprocess.Popen[str]", reader: threading.Thread) -> None:
        if self.restarting is None:
            reader.join(timeout=2)
            raise Failed(f"{program.name} ended by itself with status {process.returncode}; stopping the others.")
        end(process, deadline=0, tell=lambda: None)  # its children may hold the port
        if (self.restarting / f"{program.name}.held").exists():
            return
        self.output.say(program.name, f"ended with status {process.returncode}; started again")
        self.running.remove((program, process, reader))
        time.sleep(1)
        self.start(program)

    def stop(self) -> None:
        """Ends them all, those that back the others last, and waits until none is left."""
        for backing in (False, True):
            group = [row for row in self.running if row[0].backing is backing]
            for _, process, _ in group:
                process.terminate()
            deadline = time.monotonic() + PATIENCE
            for program, process, reader in group:
                end(
                    process,
                    deadline=deadline,
                    tell=lambda name=program.name: self.output.say(name, "is busy; killed"),
                )
                reader.join(timeout=2)
        self.running.clear()


def end(process: "subprocess.Popen[str]", *, deadline: float, tell: Callable[[], None]) -> None:
    """Waits for a terminated program; SIGKILL to its whole session if it or a child of it lives past the deadline."""
    try:
        process.wait(max(0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        tell()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def listens(place: int | Path) -> bool:
    """Whether something accepts connections at the port on loopback, or at the socket."""
    family, address = (socket.AF_INET, ("127.0.0.1", place)) if isinstance(place, int) else (socket.AF_UNIX, str(place))
    with socket.socket(family) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(address) == 0


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could open the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def apart(port: int) -> int:
    """How far from the usual ports to look for those inside, by the port that a visitor asks: 0 from its usual ones.

    Two stacks that begin at the same moment both find the usual ports free.
    """
    return 0 if port in (8000, 8443) else 1 + port % 99


def free_port(preferred: int = 0) -> int:
    """The preferred port, or one some hundreds above it, which no outgoing connection takes meanwhile, or any free one."""
    for port in range(preferred, preferred + 1000, 100) if preferred else ():
        if is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
