"""Pictures that people send: judged by their header where they arrive, decoded apart in bounds. Drawing needs Pillow."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .headers import Costly, Unreadable, header_of

DECODED = 128 * 2**20
"""Bytes that one picture may unpack to: 40 million pixels in colour."""
FORM = 4 * DECODED
"""Bytes that all pictures of one form may unpack to."""
SECONDS = 20.0
"""Of the processor, for one picture."""
PATIENCE = 2.5
"""How many times as long a picture may take on a machine that is busy with other things."""
MEMORY = 640 * 2**20
NO_PICTURE = _("This is no picture that can be read (JPEG, PNG or WebP).")
TOO_LARGE = _("This picture has too many pixels.")
TOO_COSTLY = _("This picture takes too much to draw.")


class Undrawable(Exception):
    """A picture that could not be drawn; the text says why, for its owner."""


class NotDrawn(Exception):
    """The machine was too busy to draw a picture; nothing is wrong with the picture itself."""


def unpacked(file: IO[bytes]) -> int:
    """Bytes that a picture would unpack to, all its frames; only the header is read. ValidationError where it is none, or takes too much."""
    try:
        return header_of(file).unpacked
    except Unreadable as error:
        raise ValidationError(NO_PICTURE) from error
    except Costly as error:
        raise ValidationError(TOO_COSTLY) from error
    finally:
        file.seek(0)


def judge(files: Sequence[IO[bytes]]) -> None:
    """ValidationError for a picture of another kind, or for more than one picture or one form may unpack to."""
    together = 0
    for file in files:
        size = unpacked(file)
        together += size
        if size > DECODED:
            raise ValidationError(TOO_LARGE)
        if together > FORM:
            raise ValidationError(_("These pictures have too many pixels together."))


def judge_upload(file: Any) -> None:
    """`judge` as a validator of one form field: what is stored already was judged when it came."""
    if not getattr(file, "_committed", False):
        judge([file])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be drawn of a picture: every size in every kind, none larger than the file's own.

    `squares` are sides of what is cut out round `focus` (percent from the left and the top), `wholes` longer sides of all of it; `kinds`
    are "jpeg", "webp" and, where Pillow has it, "avif".
    """

    kinds: tuple[str, ...]
    squares: tuple[int, ...] = ()
    wholes: tuple[int, ...] = ()
    focus: tuple[int, int] = (50, 50)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A file that was drawn; `shape` is "square" or "whole"."""

    shape: str
    kind: str
    width: int
    height: int
    content: bytes


@cache
def kinds_for_pages() -> tuple[str, ...]:
    """The kinds that pages offer a browser, the one that every browser knows first."""
    from PIL import features

    return ("webp", "avif") if features.check("avif") else ("webp",)


def drawings(content: bytes, wanted: Wanted, *, seconds: float = SECONDS, memory: int = MEMORY) -> list[Drawing]:
    """The picture in the sizes and kinds that are wanted: upright, in sRGB, without what the file said about camera, place and owner.

    A process of its own decodes it, with so many bytes of memory and seconds of the processor: `Undrawable` when it needs more or is no
    picture, `NotDrawn` when it had no turn to.
    """
    order = json.dumps({**asdict(wanted), "memory": memory, "seconds": max(1, int(seconds))})
    command = [_python(), "-m", f"{__package__}.drawing", order]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=seconds * PATIENCE)  # noqa: S603 - nothing of it came from outside
    except subprocess.TimeoutExpired as error:
        raise NotDrawn(f"A picture was not drawn within {error.timeout:.0f} s") from error
    if done.returncode:
        raise Undrawable(NO_PICTURE if done.returncode == 3 else TOO_COSTLY)
    head, _line, rest = done.stdout.partition(b"\n")
    found, at = [], 0
    for shape, kind, width, height, length in json.loads(head):
        found.append(Drawing(shape, kind, width, height, rest[at : at + length]))
        at += length
    return found


def drawn(content: bytes, *, side: int, seconds: float = SECONDS, memory: int = MEMORY) -> bytes:
    """The picture as one new JPEG of at most `side` pixels a side; as `drawings` otherwise."""
    return drawings(content, Wanted(("jpeg",), wholes=(side,)), seconds=seconds, memory=memory)[0].content


def _python() -> str:
    """The interpreter: within uwsgi `sys.executable` is uwsgi itself."""
    if Path(sys.executable).name.startswith("python"):
        return sys.executable
    return str(Path(sys.prefix, "bin", "python3"))
