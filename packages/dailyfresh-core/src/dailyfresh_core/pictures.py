"""Pictures that people send: judged by their header where they arrive, decoded apart in bounds. It needs Pillow."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FORMATS = ("JPEG", "PNG", "WEBP")
DECODED = 128 * 2**20
"""Bytes that one picture may unpack to: 40 million pixels in colour."""
FORM = 4 * DECODED
"""Bytes that all pictures of one form may unpack to."""
SECONDS = 20.0
MEMORY = 640 * 2**20
DEEP = {"L": 1, "LA": 2, "RGB": 3}
"""Pillow's modes -> bytes a pixel while it is drawn; 4 for all others."""
NO_PICTURE = _("This is no picture that can be read (JPEG, PNG or WebP).")
TOO_LARGE = _("This picture has too many pixels.")


class Undrawable(Exception):
    """A picture that could not be drawn; the text says why, for its owner."""


def unpacked(file: IO[bytes]) -> int:
    """Bytes that a picture would unpack to, all its frames; only the header is read. ValidationError where it is none."""
    from PIL import Image

    try:
        with Image.open(file, formats=FORMATS) as opened:
            pixels = opened.width * opened.height * getattr(opened, "n_frames", 1)
            return int(pixels * DEEP.get(opened.mode, 4))
    except Image.DecompressionBombError as error:
        raise ValidationError(TOO_LARGE) from error
    except Exception as error:  # Pillow's readers raise whatever a damaged header leads them to
        raise ValidationError(NO_PICTURE) from error
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


def drawn(content: bytes, *, side: int, seconds: float = SECONDS, memory: int = MEMORY) -> bytes:
    """The picture as a new JPEG of at most `side` pixels a side, without what the file said about camera, place and owner.

    A process of its own decodes it, with so many bytes of memory and seconds: `Undrawable` when it needs more or is no picture.
    """
    command = [_python(), "-m", f"{__package__}.drawing", str(side), str(memory), str(int(seconds) + 1)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=seconds)  # noqa: S603 - nothing of it came from outside
    except subprocess.TimeoutExpired as error:
        raise Undrawable(_("This picture takes too long to draw.")) from error
    if done.returncode == 0:
        return done.stdout
    raise Undrawable(NO_PICTURE if done.returncode == 3 else _("This picture takes too much to draw."))


def _python() -> str:
    """The interpreter: within uwsgi `sys.executable` is uwsgi itself."""
    if Path(sys.executable).name.startswith("python"):
        return sys.executable
    return str(Path(sys.prefix, "bin", "python3"))
