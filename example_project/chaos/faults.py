"""What can be broken in a running stack, and how it is mended."""

import json
import os
import random
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlsplit

import redis

from .standing import Stack

PARTS = (
    "uwsgi-1",
    "uwsgi-2",
    "worker",
    "background",
    "beat",
    "redis-carts",
    "redis-cache",
    "redis-broker",
    "mariadb",
    "nginx",
    "fastdfs",
    "alipay",
)
"""What is killed; the stack starts each again after a second."""
ROLES = {"database": "DATABASE_URL", "carts": "REDIS_URL", "cache": "CACHE_URL", "broker": "BROKER_URL"}
BETWEEN = ("broker", "cache")
"""What lies between beat, the worker and the sign that it gives."""
PAIRS = 8
"""So many when faults are chosen by their names."""
PAGES_SIZE = "48m"


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, for `seconds`; 0 for what mends itself."""

    name: str
    begin: Callable[[], object]
    mend: Callable[[], object] = lambda: None
    seconds: float = 0
    hits_the_worker: bool = False
    """It is over once the worker has given a sign again."""

    @property
    def may_repeat_a_mail(self) -> bool:
        """Whether a worker may lose, by it, the note that a mail was handed over."""
        return any(word in self.name for word in ("worker", "mariadb", "database"))


class Breaker:
    """Breaks a running stack."""

    def __init__(self, stack: Stack, *, pages_mounted: bool) -> None:
        self.stack, self.var, self.pages_mounted = stack, stack.var, pages_mounted

    def kill(self, *parts: str) -> Fault:
        hit = bool({"worker", "beat", "redis-broker", "redis-cache"} & set(parts))  # the sign lies in the cache
        begin = lambda: [self.stack.strike(part, signal.SIGKILL) for part in parts]  # noqa: E731
        return Fault(f"kill {' + '.join(parts)}", begin, hits_the_worker=hit)

    def kill_child(self, part: str) -> Fault:
        """One process of a pool; its master makes another."""

        def begin() -> None:
            children = subprocess.run(["pgrep", "-P", str(self.stack.pid(part))], capture_output=True, text=True).stdout  # noqa: S603, S607
            for pid in children.split()[:1]:
                os.kill(int(pid), signal.SIGKILL)

        return Fault(f"kill a process of {part}", begin)

    def freeze(self, part: str, seconds: float = 4) -> Fault:
        """It keeps its connections and says nothing."""
        return Fault(
            f"freeze {part}",
            lambda: self.stack.strike(part, signal.SIGSTOP),
            lambda: self.stack.strike(part, signal.SIGCONT),
            seconds,
        )

    def connection(self, role: str, mood: str, seconds: float = 4) -> Fault:
        """Between the store and what backs it."""
        port = str(json.loads((self.var / "run" / "detours.json").read_text())[role])
        moods = self.var / "run" / "moods.json"
        return Fault(
            f"{mood} the connections to {role}",
            lambda: moods.write_text(json.dumps({port: mood})),
            lambda: moods.write_text("{}"),
            seconds,
            hits_the_worker=role in BETWEEN,
        )

    def full_disk(self, seconds: float = 6) -> Fault:
        """Nothing more can be written where the pages lie."""
        ballast = self.var / "pages" / "ballast"

        def begin() -> None:
            with suppress(OSError), ballast.open("wb") as file:
                while True:
                    file.write(b"\0" * 65536)

        return Fault("fill the disk of the pages", begin, lambda: ballast.unlink(missing_ok=True), seconds)

    def full_memory(self, role: str, seconds: float = 5) -> Fault:
        """A Redis that has reached its memory refuses what would need more, once it has evicted what it may."""
        port = urlsplit(self.stack.environ[ROLES[role]]).port or 0
        straight = json.loads((self.var / "run" / "detours.json").read_text()).get(role, port)
        client = redis.Redis(port=straight, socket_timeout=2)
        before = client.config_get("maxmemory")["maxmemory"]
        return Fault(
            f"fill the memory of {role}",
            lambda: client.config_set("maxmemory", "1"),
            lambda: client.config_set("maxmemory", before),
            seconds,
            hits_the_worker=role in BETWEEN,
        )

    def singly(self) -> list[Fault]:
        """Each once."""
        found = [self.kill(part) for part in PARTS]
        found += [
            self.kill_child("uwsgi-1"),
            self.kill_child("worker"),
            self.freeze("mariadb"),
            self.freeze("redis-carts"),
        ]
        found += [self.connection(role, mood) for role in ROLES for mood in ("cut", "slow")]
        found += [
            self.connection("database", "hang"),
            *(self.full_memory(role) for role in ("carts", "cache", "broker")),
        ]
        return [*found, self.full_disk()] if self.pages_mounted else found

    def endless(self, draw: random.Random, words: list[str]) -> Iterator[Fault]:
        """All of them in any order, then pairs of kills for ever; with `words` what is named by one of them, pairs among it, and then the end."""
        single = self.singly()
        draw.shuffle(single)
        pairs = (self.kill(*draw.sample(PARTS, 2)) for _ in count())
        if words:
            some = [*single, *islice(pairs, PAIRS)]
            yield from (fault for fault in some if any(word in fault.name for word in words))
            return
        yield from single
        yield from pairs


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """The folder on a small disk of its own, where that is allowed; whether it is."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    command = [mount or "", "-t", "tmpfs", "-o", f"size={PAGES_SIZE}", "tmpfs", str(folder)]
    mounted = mount is not None and not subprocess.run(command, capture_output=True).returncode  # noqa: S603
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)  # noqa: S603, S607
