import io
import time
import tracemalloc
from contextlib import suppress

import pytest
from dailyfresh_core.images.pictures import (
    NotDrawn,
    Undrawable,
    Wanted,
    drawings,
    drawn,
    judge,
    kinds_for_pages,
    unpacked,
)
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms


def file(kind: str, mode: str, size: tuple[int, int], **more: object) -> io.BytesIO:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **more)
    out.seek(0)
    return out


def test_a_header_says_what_a_picture_unpacks_to() -> None:
    assert unpacked(file("JPEG", "RGB", (30, 20))) == 30 * 20 * 3
    assert unpacked(file("PNG", "P", (30, 20))) == 30 * 20 * 4
    frames = [Image.new("RGB", (30, 20), (25 * n, 0, 0)) for n in range(1, 10)]
    assert (
        unpacked(file("WEBP", "RGB", (30, 20), save_all=True, append_images=frames, lossless=True)) == 10 * 30 * 20 * 3
    )


@settings(max_examples=200, deadline=None, database=None)
@given(
    at=st.integers(0, 400),
    byte=st.integers(0, 255),
    cut=st.integers(0, 600),
    kind=st.sampled_from(["JPEG", "PNG", "WEBP"]),
)
def test_a_damaged_picture_is_judged_in_words(at: int, byte: int, cut: int, kind: str) -> None:
    content = bytearray(file(kind, "RGB", (60, 40)).getvalue())
    content[at % len(content)] = byte
    with suppress(ValidationError):
        judge([io.BytesIO(bytes(content[: len(content) - cut]))])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_the_header_of_every_kind_says_what_pillow_would_say(kind: str, mode: str) -> None:
    try:
        picture = file(kind, mode, (301, 23), **({"progressive": True} if kind == "JPEG" else {}))
    except OSError:
        return  # the kind knows no such colours
    with Image.open(picture) as opened:
        expected = opened.width * opened.height * {"L": 1, "LA": 2, "RGB": 3}.get(opened.mode, 4)
    assert unpacked(picture) == expected


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def grown(scans: int) -> bytes:
    """A progressive JPEG that is finer with every scan, each of which says nothing."""
    side = (6300).to_bytes(2, "big")
    begins = segment(0xDB, b"\0" + b"\x01" * 64) + segment(0xC2, b"\x08" + side + side + b"\x01\x01\x11\x00")
    begins += segment(0xC4, b"\x00\x01" + bytes(15) + b"\x00") + segment(0xC4, b"\x10\x01" + bytes(15) + b"\xe0")
    rough = segment(0xDA, b"\x01\x01\x00\x00\x00\x00") + bytes(78000)
    return b"\xff\xd8" + begins + rough + (segment(0xDA, b"\x01\x01\x00\x01\x3f\x00") + bytes(50)) * scans + b"\xff\xd9"


def test_a_jpeg_of_more_scans_than_any_camera_makes_is_refused_where_it_arrives() -> None:
    judge([io.BytesIO(grown(20))])
    with pytest.raises(ValidationError, match="takes too much"):
        judge([io.BytesIO(grown(200))])


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8" + b"\xff\xe1\x00\x02" * 1_250_000,
        b"\xff\xd8" + b"\xff" * 5 * 2**20,
        b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0" + bytes(6) + b"ANMF\0\0\0\0" * 600_000,
    ],
    ids=["segments", "filling", "frames"],
)
def test_no_more_parts_of_a_file_are_read_than_a_picture_has(content: bytes) -> None:
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(ValidationError):
        judge([io.BytesIO(content)] * 6)
    assert time.process_time() - begun < 1
    assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    tracemalloc.stop()


def test_a_drawing_that_needs_more_than_it_may_have_is_ended_in_words() -> None:
    content = file("PNG", "RGBA", (4000, 4000)).getvalue()
    assert len(drawn(content, side=100)) > 0
    with pytest.raises(Undrawable, match="too much"):
        drawn(content, side=100, memory=120 * 2**20)
    with pytest.raises(NotDrawn, match="not drawn within"):
        drawn(content, side=100, seconds=0.01)
    with pytest.raises(Undrawable, match="no picture"):
        drawn(b"GIF89a", side=100)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGBA")


def halves(size: tuple[int, int], left: str, right: str, mode: str = "RGB") -> Image.Image:
    """A picture of two colours side by side."""
    picture = Image.new(mode, size, right)
    picture.paste(Image.new(mode, (size[0] // 2, size[1]), left), (0, 0))
    return picture


def sent(picture: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def close(one: object, other: tuple[int, ...], by: int = 12) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=False))


def test_a_picture_is_drawn_in_every_size_that_it_has_and_no_larger() -> None:
    content = sent(halves((900, 600), "red", "blue"), "JPEG")
    found = drawings(content, Wanted(kinds_for_pages(), squares=(240, 400, 800, 1600), wholes=(800, 1600)))
    assert {(one.shape, one.width, one.height) for one in found} == {
        ("square", 240, 240), ("square", 400, 400), ("square", 600, 600), ("whole", 800, 533), ("whole", 900, 600),
    }  # fmt: skip
    assert len(found) == 5 * len(kinds_for_pages())
    for one in found:
        with Image.open(io.BytesIO(one.content)) as picture:
            assert (picture.format, picture.size) == (one.kind.upper(), (one.width, one.height))


@pytest.mark.parametrize(("focus", "colour"), [((0, 50), (255, 0, 0)), ((100, 50), (0, 0, 255))])
def test_a_square_is_cut_round_the_focus(focus: tuple[int, int], colour: tuple[int, ...]) -> None:
    content = sent(halves((800, 300), "red", "blue"), "PNG")
    (square,) = drawings(content, Wanted(("webp",), squares=(240,), focus=focus))
    assert close(opened(square.content).getpixel((120, 120)), colour)


def test_a_photograph_of_a_camera_held_upright_stands_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera's right side is up
    content = sent(halves((300, 200), "red", "blue"), "JPEG", exif=turned)
    (whole,) = drawings(content, Wanted(("webp",), wholes=(150,)))
    assert (whole.width, whole.height) == (100, 150)
    assert close(opened(whole.content).getpixel((50, 10)), (255, 0, 0), by=20)


def test_colours_of_another_profile_become_those_of_browsers() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"____").replace(b"bXYZ", b"rXYZ").replace(b"____", b"bXYZ")
    content = sent(Image.new("RGB", (40, 40), "red"), "PNG", icc_profile=swapped)
    (whole,) = drawings(content, Wanted(("webp",), wholes=(40,)))
    assert close(opened(whole.content).getpixel((20, 20)), (0, 0, 255))
    assert b"ICCP" not in whole.content


def test_what_is_clear_stays_clear_and_is_white_in_a_jpeg() -> None:
    content = sent(Image.new("RGBA", (50, 50), (255, 0, 0, 0)), "PNG")
    clear, white = drawings(content, Wanted(("webp", "jpeg"), wholes=(50,)))
    assert opened(clear.content).getpixel((9, 9))[3] == 0  # type: ignore[index]
    assert close(opened(white.content).getpixel((9, 9)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "I;16", "CMYK", "YCbCr"])
def test_every_way_to_keep_colours_is_drawn(mode: str) -> None:
    kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG" if mode != "PA" else "WEBP"
    content = sent(Image.new("RGB", (60, 40), "white").convert("L" if mode == "I;16" else mode), kind)
    assert drawings(content, Wanted(kinds_for_pages(), squares=(20,)))
