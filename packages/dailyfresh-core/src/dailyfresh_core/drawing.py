"""The process that decodes one picture: `python -m dailyfresh_core.drawing SIDE BYTES SECONDS`, the file in, a JPEG out.

It ends with 3 for what is no picture, with 4 when the memory does not do; the system ends it when its time is over.
"""

import io
import sys


def bound(memory: int, seconds: int) -> None:
    """Let this process have so much memory and CPU, and write nothing."""
    try:
        import resource
    except ImportError:  # Windows knows no such limits; the caller's time-out is there all the same
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def draw(content: bytes, side: int) -> bytes:
    """Upright, small, on white; at reduced scale from the first byte where the format can (JPEG)."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the header was judged, and the memory is bounded
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as opened:
        opened.draft("RGB", (side, side))
        small = opened if opened.mode in ("RGB", "L", "RGBA", "LA") else opened.convert("RGBA")
        small.thumbnail((side, side))
        small = ImageOps.exif_transpose(small)
    ground = Image.new("RGB", small.size, "white")
    clear = small.convert("RGBA")
    ground.paste(clear, mask=clear.getchannel("A"))
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def main() -> int:
    side, memory, seconds = map(int, sys.argv[1:])
    bound(memory, seconds)
    try:
        picture = draw(sys.stdin.buffer.read(), side)
    except MemoryError:
        return 4
    except Exception:  # noqa: BLE001 - whatever a damaged file leads the decoder to
        return 3
    sys.stdout.buffer.write(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
