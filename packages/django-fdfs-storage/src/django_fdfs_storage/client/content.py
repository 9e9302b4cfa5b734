"""Content on its way to a server: its size is announced first and must then be kept."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import aclosing

from ..exceptions import WrongSize

Content = bytes | Iterable[bytes]
# What the client for event loops takes beside it.
AnyContent = Content | AsyncIterable[bytes]


def size_of(content: AnyContent, announced: int | None) -> int:
    """The size in bytes to announce; WrongSize when the two disagree."""
    if isinstance(content, bytes):
        if announced not in (None, len(content)):
            raise WrongSize(f"{len(content)} bytes were announced as {announced}")
        return len(content)
    if announced is None:
        raise TypeError("content that is not bytes needs its size")
    return announced


def is_one_shot(content: AnyContent) -> bool:
    """Whether the content can be drawn only once."""
    if isinstance(content, AsyncIterable):
        return aiter(content) is content
    return not isinstance(content, bytes) and iter(content) is content


async def exactly(content: AnyContent, size: int) -> AsyncGenerator[bytes, None]:
    """The content in chunks of together `size` bytes.

    WrongSize is raised before the last byte is given away, so that a server which waits for it
    throws the rest away: truncated content never becomes a file.
    """
    left, held = size, b""
    async with aclosing(_chunks(content)) as chunks:
        async for chunk in chunks:
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


async def _chunks(content: AnyContent) -> AsyncGenerator[bytes, None]:
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, AsyncIterable):
        async for chunk in content:
            yield chunk
    else:
        for chunk in content:
            yield chunk
