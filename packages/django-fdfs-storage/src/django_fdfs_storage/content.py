"""Content on its way to a server: its size is announced first and must then be kept."""

from collections.abc import Iterable, Iterator

from .exceptions import WrongSize

Content = bytes | Iterable[bytes]


def size_of(content: Content, announced: int | None) -> int:
    """The size in bytes to announce; WrongSize when the two disagree."""
    if isinstance(content, bytes):
        if announced not in (None, len(content)):
            raise WrongSize(f"{len(content)} bytes were announced as {announced}")
        return len(content)
    if announced is None:
        raise TypeError("content that is not bytes needs its size")
    return announced


def exactly(content: Content, size: int) -> Iterator[bytes]:
    """The content in chunks of together `size` bytes.

    WrongSize is raised before the last byte is given away, so that a server which waits for it
    throws the rest away: truncated content never becomes a file.
    """
    if isinstance(content, bytes):
        yield content
        return
    left, held = size, b""
    for chunk in content:
        if not chunk:
            continue
        if not isinstance(chunk, bytes | bytearray | memoryview):
            raise TypeError(f"content must be bytes, not {type(chunk).__name__}")
        if len(chunk) > left:
            raise WrongSize(f"the content has more than the announced {size} bytes")
        if held:
            yield held
        left -= len(chunk)
        # The chunk that would complete the request waits until the content proves to end there.
        held = b"" if left else bytes(chunk)
        if left:
            yield bytes(chunk)
    if left:
        raise WrongSize(f"the content ended {left} bytes before the announced {size}")
    if held:
        yield held
