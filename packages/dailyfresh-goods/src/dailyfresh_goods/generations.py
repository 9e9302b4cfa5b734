"""Generations of files on this machine's disk: one is served while the next is built, and a link tells which.

    root/current -> sets/<name>-1a2b3c4d    what is served
    root/next    -> sets/<name>-5e6f7a8b    while that one is built
    root/sets/<name>-1a2b3c4d/              a generation: the user's own files
    root/.locks/                            one file for each lock

Locks are the kernel's (flock): those of a process that is killed are free at once. They hold between threads too.
"""

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from uuid import uuid4

from dailyfresh_core.db.retrying import Busy


class Generations:
    """The generations below the folder `root`; `kept` are left beside the served one, for those who still read them."""

    def __init__(self, root: Path, *, kept: int = 0) -> None:
        self.root = root
        self.kept = kept

    @property
    def current(self) -> Path | None:
        """The generation that is served."""
        return self._target("current")

    @property
    def next(self) -> Path | None:
        """The generation that is being built, or was when its builder was killed."""
        return self._target("next")

    def _target(self, link: str) -> Path | None:
        place = self.root / link
        return place.resolve() if place.is_symlink() and place.exists() else None

    @property
    def stamp(self) -> tuple[int, int] | None:
        """Another value after every `serve`; None while there is no link."""
        try:
            link = (self.root / "current").lstat()
        except FileNotFoundError:
            return None
        return link.st_ino, link.st_mtime_ns

    @contextmanager
    def locked(self, name: str, *, wait: float = 0) -> Iterator[None]:
        """Holds the lock of that name. Raises Busy when another still does after `wait` seconds; the same thread counts as one."""
        folder = self.root / ".locks"
        folder.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + wait
        with (folder / name).open("a") as file:  # closing it gives the lock back
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if wait < inf else 0))
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise Busy(f"{folder / name} is held by another process") from None
                    time.sleep(0.02)
            yield

    def first(self, name: str = "first") -> Path:
        """The generation that is served, an empty one to begin with."""
        with self.locked("switch", wait=inf):
            if (found := self.current) is None:
                found = self._new(name)
                self._point("current", found)
        return found

    def serve(self, folder: Path) -> None:
        """Lets `current` lead to a generation, or tells that its files have changed."""
        with self.locked("switch", wait=inf):
            self._point("current", folder)

    @contextmanager
    def rebuild(self, name: str = "built") -> Iterator[Path]:
        """Gives an empty generation, which is served from the end of the block on; raises Busy while another is built.

        A block that fails leaves what was served. What is written to `current` meanwhile is for the caller to catch up with.
        """
        with self.locked("rebuild"):
            with self.locked("switch", wait=inf):
                self._prune()
                folder = self._new(name)
                self._point("next", folder)
            try:
                yield folder
            except BaseException:
                (self.root / "next").unlink(missing_ok=True)
                shutil.rmtree(folder, ignore_errors=True)
                raise
            with self.locked("switch", wait=inf):
                self._point("current", folder)
                (self.root / "next").unlink(missing_ok=True)
                self._prune()

    def _new(self, name: str) -> Path:
        folder = self.root / "sets" / f"{name}-{uuid4().hex[:8]}"
        folder.mkdir(parents=True)
        folder.chmod(0o755)  # web servers read it, whatever our umask
        return folder

    def _point(self, link: str, folder: Path) -> None:
        """Renaming a link over another is atomic; the lock is held, so what a killed one left aside is in nobody's use."""
        aside = self.root / f".{link}"
        aside.unlink(missing_ok=True)
        aside.symlink_to(Path("sets") / folder.name)
        aside.replace(self.root / link)

    def _prune(self) -> None:
        """Removes former generations and what killed rebuilds left, but for the `kept` that are youngest; the locks are held."""
        folders = (self.root / "sets").glob("*")
        others = sorted((f for f in folders if f != self.current), key=lambda f: f.stat().st_mtime, reverse=True)
        for folder in others[self.kept :]:
            shutil.rmtree(folder, ignore_errors=True)
