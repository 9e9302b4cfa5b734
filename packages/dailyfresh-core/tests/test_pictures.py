import io
from contextlib import suppress

import pytest
from dailyfresh_core.pictures import Undrawable, drawn, judge, unpacked
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image


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


def test_a_drawing_that_needs_more_than_it_may_have_is_ended_in_words() -> None:
    content = file("PNG", "RGBA", (4000, 4000)).getvalue()
    assert len(drawn(content, side=100)) > 0
    with pytest.raises(Undrawable, match="too much"):
        drawn(content, side=100, memory=120 * 2**20)
    with pytest.raises(Undrawable, match="too long"):
        drawn(content, side=100, seconds=0.05)
    with pytest.raises(Undrawable, match="no picture"):
        drawn(b"GIF89a", side=100)
