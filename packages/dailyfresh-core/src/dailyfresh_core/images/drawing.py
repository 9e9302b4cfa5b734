"""The process that decodes one picture: `python -m dailyfresh_core.images.drawing ORDER`, the file in, what was drawn of it out.

ORDER is JSON: what is wanted (`pictures.Wanted`), `memory` in bytes and `seconds`. What comes out begins with a line of JSON, a list of
[shape, kind, width, height, bytes], and the bytes of each follow in that order. It ends with 3 for what is no picture, with 4 when the
memory does not do; the system ends it when its time is over.
"""

import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

Drawn = tuple[str, str, int, int, bytes]
SAVED: Mapping[str, Mapping[str, Any]] = {
    "jpeg": {"quality": 85, "optimize": True},
    "webp": {"quality": 78, "method": 4},
    "avif": {"quality": 60, "speed": 8, "max_threads": 1},
}
PLAIN = ("RGB", "L", "RGBA", "LA", "CMYK")


def bound(memory: int, seconds: int) -> None:
    """Let this process have so much memory and CPU, behind all others, and write nothing."""
    try:
        import resource
    except ImportError:  # Windows knows no such limits; the caller's time-out is there all the same
        return
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def draw(content: bytes, *, kinds: list[str], squares: list[int], wholes: list[int], focus: list[int]) -> list[Drawn]:
    """Every size in every kind, none larger than the file's own; squares are cut round `focus`, percent from left and top."""
    picture = master(content, max(squares, default=0), max(wholes, default=0))
    drawn = []
    for shape, one in (*_squares(picture, squares, focus), *_wholes(picture, wholes)):
        for kind in kinds:
            drawn.append((shape, kind, *one.size, saved(one, kind)))
    return drawn


def master(content: bytes, square: int, whole: int) -> Any:
    """The picture upright, in sRGB, and no larger than the largest of it needs: at reduced scale from the first byte where the format can (JPEG)."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the header was judged, and the memory is bounded
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as opened:
        scale = min(1.0, max(square / min(opened.size), whole / max(opened.size)))
        size = max(1, round(opened.width * scale)), max(1, round(opened.height * scale))
        opened.draft("RGB", size)
        small = opened if opened.mode in PLAIN else opened.convert("RGBA")
        small = small.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        small.info = opened.info
        return in_srgb(ImageOps.exif_transpose(small), opened.info.get("icc_profile"))


def in_srgb(picture: Any, profile: bytes | None) -> Any:
    """The picture as RGB or RGBA in the colours that browsers take a picture without a profile for."""
    from PIL import Image, ImageCms

    clear = picture.getchannel("A") if "A" in picture.getbands() else None
    colours = picture if picture.mode in ("RGB", "CMYK", "L") else picture.convert("RGB")
    if profile:
        with suppress(ImageCms.PyCMSError, OSError):  # a damaged profile, or one of other colours than the picture's
            of_file = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            colours = ImageCms.profileToProfile(colours, of_file, ImageCms.createProfile("sRGB"), outputMode="RGB")
    found: Image.Image = colours.convert("RGB")
    if clear is not None:
        found.putalpha(clear)
    return found


def _squares(picture: Any, sides: list[int], focus: list[int]) -> Iterator[tuple[str, Any]]:
    own = min(picture.size)
    left, top = (
        min(max(0, round(side * percent / 100 - own / 2)), side - own)
        for side, percent in zip(picture.size, focus, strict=True)
    )
    cut = picture.crop((left, top, left + own, top + own))
    for side in sorted({min(side, own) for side in sides}):
        yield "square", shrunk(cut, side)


def _wholes(picture: Any, sides: list[int]) -> Iterator[tuple[str, Any]]:
    for side in sorted({min(side, max(picture.size)) for side in sides}):
        yield "whole", shrunk(picture, side)


def shrunk(picture: Any, side: int) -> Any:
    """The picture with a longer side of so many pixels."""
    copy = picture.copy()
    copy.thumbnail((side, side), reducing_gap=3.0)
    return copy


def saved(picture: Any, kind: str) -> bytes:
    """The bytes of a file without what the camera said; on white where the kind knows nothing clear (JPEG)."""
    from PIL import Image

    if kind == "jpeg" and picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    picture.info = {}
    out = io.BytesIO()
    picture.save(out, kind, **SAVED[kind])
    return out.getvalue()


def main() -> int:
    order = json.loads(sys.argv[1])
    bound(order.pop("memory"), order.pop("seconds"))
    try:
        drawn = draw(sys.stdin.buffer.read(), **order)
    except MemoryError:
        return 4
    except Exception:  # noqa: BLE001 - whatever a damaged file leads the decoder to
        return 3
    out = sys.stdout.buffer
    out.write(json.dumps([(*about, len(content)) for *about, content in drawn]).encode() + b"\n")
    for *_about, content in drawn:
        out.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
