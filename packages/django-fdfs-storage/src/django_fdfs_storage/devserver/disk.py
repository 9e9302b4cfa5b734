"""The files of one group on disk, laid out as FastDFS does: <dir>/<group>/data/00/00/<name>."""

import os
import random
import re
import shutil
import string
import struct
import tempfile
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from typing import BinaryIO

FILES_PER_DIRECTORY = 100
_NAME = re.compile(r"M00/([0-9A-F]{2}/[0-9A-F]{2}/[^/\0]{1,240})")
_EXTENSION_WIDTH = 6


class Disk:
    """Names, stores and finds the files of one group.

    A file is written aside and renamed, so that a killed server leaves whole files only; the
    directory is all the state there is.
    """

    def __init__(self, root: Path, group: str) -> None:
        self.data: Path = root / group / "data"
        self._aside = root / group / "tmp"
        self.data.mkdir(parents=True, exist_ok=True)
        self._aside.mkdir(exist_ok=True)
        for leftover in self._aside.iterdir():
            leftover.unlink()
        self._lock = threading.Lock()
        # Appending, modifying and truncating one file at a time is enough for development.
        self.changing: threading.Lock = threading.Lock()
        self._directory, self._count = self._last_directory()

    def _last_directory(self) -> tuple[int, int]:
        numbers = [int(path.parent.name + path.name, 16) for path in self.data.glob("??/??") if path.is_dir()]
        number = max(numbers, default=0)
        path = self.data / _directory(number)
        return number, sum(1 for _ in path.iterdir()) if path.is_dir() else 0

    def path(self, name: str) -> Path | None:
        """Where the file "M00/.." lies or would lie; None for a name that FastDFS calls invalid."""
        match = _NAME.fullmatch(name)
        return self.data / match[1] if match else None

    @contextmanager
    def writing(self) -> Iterator[BinaryIO]:
        """A file to write aside; `keep` gives it its name, else it vanishes."""
        with tempfile.NamedTemporaryFile(dir=self._aside, delete=False) as file:
            try:
                yield file  # type: ignore[misc]
            finally:
                Path(file.name).unlink(missing_ok=True)

    def keep(self, file: BinaryIO, *, source: str, size: int, crc32: int, extension: str, appender: bool) -> str:
        """Name a file written aside and give "M00/00/00/..."."""
        file.flush()
        with self._lock:
            if self._count >= FILES_PER_DIRECTORY:
                self._directory, self._count = (self._directory + 1) % 65536, 0
            self._count += 1
            directory = _directory(self._directory)
            (self.data / directory).mkdir(parents=True, exist_ok=True)
            while True:
                name = f"{directory}/{_code(source, size, crc32, appender)}{_ending(extension)}"
                if not (self.data / name).exists():
                    os.rename(file.name, self.data / name)
                    return f"M00/{name}"

    def keep_as(self, file: BinaryIO, path: Path) -> bool:
        """Give a file written aside this name; False when the name is taken."""
        file.flush()
        with self._lock:
            if path.exists():
                return False
            os.rename(file.name, path)
            return True

    @staticmethod
    def metadata_path(path: Path) -> Path:
        """Where the metadata of a file lies."""
        return path.with_name(path.name + "-m")

    def space_mb(self) -> tuple[int, int]:
        """Total and free space in MB."""
        space = shutil.disk_usage(self.data)
        return space.total >> 20, space.free >> 20


def slave_name(master: str, prefix: str, extension: str) -> str:
    """The name of a variant: the prefix takes the place of the master's extension."""
    stem = master[:37] + master[37:].partition(".")[0]
    return f"{stem}{prefix}.{extension}" if extension else f"{stem}{prefix}"


def _directory(number: int) -> str:
    return f"{number >> 8:02X}/{number & 255:02X}"


def _code(source: str, size: int, crc32: int, appender: bool) -> str:
    if appender:
        word = (0x84000000 | random.getrandbits(23)) << 32
    elif size < 1 << 32:
        word = (0x80000000 | random.getrandbits(23)) << 32 | size
    else:
        word = size
    address = IPv4Address("127.0.0.1" if ":" in source else source)
    facts = struct.pack("!4sIQI", address.packed, int(time.time()), word, crc32)
    return urlsafe_b64encode(facts).decode().rstrip("=")


def _ending(extension: str) -> str:
    """Seven characters: digits, then the dot and the extension if there is one."""
    dotted = f".{extension}" if extension else ""
    digits = random.choices(string.digits, k=_EXTENSION_WIDTH + 1 - len(dotted))  # noqa: S311 - no secret
    return "".join(digits) + dotted
