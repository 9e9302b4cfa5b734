"""What the header of a picture says, read in bounds: so many parts and no more, whatever the file says of itself."""

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

PARTS = 2000
"""Segments or chunks of a file that are looked at."""
SCANS = 100
"""A JPEG that grows clearer while it loads has about ten, and each is drawn over the whole picture."""
PORTION = 2**16
MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""Of a JPEG; FF 00 is a byte of the picture, FF D0 to FF D7 stand inside of it."""
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
ALONE, END, SCAN = frozenset({0x01, 0xD8}), 0xD9, 0xDA


class Unreadable(Exception):
    """It is none of the kinds, or damaged."""


class Costly(Exception):
    """It is in more parts than a picture has."""


@dataclass(frozen=True, slots=True)
class Header:
    """`depth`: bytes a pixel while it is drawn, as Pillow keeps it."""

    width: int
    height: int
    depth: int
    frames: int = 1

    @property
    def unpacked(self) -> int:
        """Bytes of all frames."""
        return self.width * self.height * self.depth * self.frames


def header_of(file: IO[bytes]) -> Header:
    """The header of a JPEG, PNG or WebP; Unreadable or Costly. The file is left where it was read to."""
    file.seek(0)
    begins = file.read(16)
    for start, read in READERS.items():
        if re.match(start, begins, re.DOTALL):
            try:
                found = read(file)
            except struct.error as error:
                raise Unreadable("it ends too soon") from error
            if found.width and found.height:
                return found
    raise Unreadable("it is no JPEG, PNG or WebP")


def _at(file: IO[bytes], at: int, layout: str) -> tuple[int, ...]:
    file.seek(at)
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _jpeg(file: IO[bytes]) -> Header:
    """SOI, then segments: FF, a marker, the length with its own two bytes. After that of a scan comes the picture, up to the next marker."""
    found, scans, at = None, 0, 2
    for _part in range(PARTS):
        at, marker = _marker(file, at)
        if marker in (END, None):
            break
        if marker in ALONE:
            continue
        (length,) = _at(file, at, ">H")
        if length < 2:
            raise Unreadable("a segment is shorter than its length")
        if marker in FRAMES:
            if found:
                raise Unreadable("it has two sizes")
            height, width, colours = _at(file, at + 3, ">HHB")
            found = Header(width, height, {1: 1, 3: 3}.get(colours, 4))
        scans += marker == SCAN
        if scans > SCANS:
            raise Costly("scans")
        at += length
    else:
        raise Costly("segments")
    if found is None:
        raise Unreadable("it has no size")
    return found


def _marker(file: IO[bytes], at: int) -> tuple[int, int | None]:
    """The next marker from here on, and where what follows it begins; None at the end of the file."""
    size = 64
    while True:
        file.seek(at)
        some = file.read(size)
        if there := MARKER.search(some):
            return at + there.end(), some[there.end() - 1]
        if len(some) < size:
            return at, None
        at += size - 1  # the FF may be its last
        size = PORTION


def _png(file: IO[bytes]) -> Header:
    """The signature, then IHDR: length and name, width, height, bits a sample, kind of colours."""
    name, width, height, bits, kind = _at(file, 12, ">IIIBB")
    if name != int.from_bytes(b"IHDR"):
        raise Unreadable("it does not begin with its size")
    grey = 1 if bits in (2, 4, 8) else 4
    return Header(width, height, {0: grey, 2: 3, 4: 2}.get(kind, 4))


def _webp(file: IO[bytes]) -> Header:
    """RIFF, a length, WEBP, then chunks: name, length, content, filled up to an even one."""
    (name,) = _at(file, 12, ">I")
    kind = name.to_bytes(4)
    if kind == b"VP8 ":
        width, height = _at(file, 26, "<HH")
        return Header(width & 0x3FFF, height & 0x3FFF, 3)
    if kind == b"VP8L":
        (size,) = _at(file, 21, "<I")
        return Header((size & 0x3FFF) + 1, (size >> 14 & 0x3FFF) + 1, 4 if size >> 28 & 1 else 3)
    if kind != b"VP8X":
        raise Unreadable("it begins with no picture")
    flags, wide, high = (_at(file, at, "<I")[0] for at in (20, 23, 26))
    width, height = (wide >> 8) + 1, (high >> 8) + 1
    frames = _frames(file) if flags & 0x02 else 1
    return Header(width, height, 4 if flags & 0x10 else 3, max(frames, 1))


def _frames(file: IO[bytes]) -> int:
    at, frames = 30, 0
    for _part in range(PARTS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return frames
        frames += head[:4] == b"ANMF"
        length = int.from_bytes(head[4:], "little")
        at += 8 + length + length % 2
    raise Costly("frames")


READERS: Mapping[bytes, Callable[[IO[bytes]], Header]] = {
    rb"\xff\xd8\xff": _jpeg,
    rb"\x89PNG\r\n\x1a\n": _png,
    rb"RIFF....WEBP": _webp,
}
