"""Generations of an index on this machine's disk, and the locks of those who write.


    PATH/
      CURRENT         the name of the generation that is searched; rewritten (and renamed into place) after every commit
      writer.lock     held while anything is written
      drain.lock      held by the one who works off the marks
      rebuild.lock    held while a generation is built aside
      1a2b3c4d/       a generation: the engine's own files
      1a2b3c4d.late   keys written to the current generation while this one was built, one a line

Locks are the kernel's (flock): those of a process that is killed are free at once.
"""

import fcntl
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from haystack.exceptions import SearchBackendError


class WriterBusy(SearchBackendError):  # type: ignore[misc]
    """Another process has been writing for longer than one may wait."""


class Generations:
    """The folder of an index."""

    WAIT: ClassVar = 30.0

    path: Path
    _local: threading.local

    @contextmanager
    def _locked(self, name: str, *, wait: float) -> Iterator[None]:
        held: dict[str, int] = self._local.__dict__.setdefault("held", {})
        if held.get(name):
            held[name] += 1
            try:
                yield
            finally:
                held[name] -= 1
            return
        self.path.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + wait
        with (self.path / f"{name}.lock").open("a") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise WriterBusy(f"{self.path}: the {name} lock is held by another process") from None
                    time.sleep(0.02)
            held[name] = 1
            try:
                yield
            finally:
                held[name] = 0

    def writing(self, *, wait: float | None = None) -> Any:
        """Holds the writer's lock, `wait` seconds at most for it; a thread may enter twice. Raises WriterBusy."""
        return self._locked("writer", wait=self.WAIT if wait is None else wait)

    def draining(self) -> Any:
        """Holds the lock of who works off the marks. Raises WriterBusy at once when another does."""
        return self._locked("drain", wait=0)

    def _current(self) -> Path | None:
        try:
            name = (self.path / "CURRENT").read_text().strip()
        except FileNotFoundError:
            return None
        return self.path / name if name else None

    def _point_at(self, folder: Path) -> None:
        aside = self.path / f"CURRENT.{uuid.uuid4().hex}"
        aside.write_text(folder.name)
        aside.replace(self.path / "CURRENT")

    def _new_folder(self) -> Path:
        folder = self.path / uuid.uuid4().hex[:8]
        folder.mkdir(parents=True)
        return folder

    def _sweep(self, keep: Path) -> None:
        """Removes what rebuilds left that were killed; both locks are held."""
        for path in self.path.iterdir():
            if path.is_dir() and path != keep:
                shutil.rmtree(path, ignore_errors=True)
            elif path.suffix == ".late" or path.name.startswith("CURRENT."):
                path.unlink(missing_ok=True)
