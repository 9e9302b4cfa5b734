"""The one HTTP range that a browser asks for (RFC 9110, section 14)."""

import re

# Python refuses to read numbers of more than 4,300 digits.
_RANGE = re.compile(r"bytes=(?:(\d{1,4000})-(\d{0,4000})|-(\d{1,4000}))", re.ASCII)


class Unsatisfiable(ValueError):
    """The range lies outside the file."""


def asked_range(header: str, size: int) -> tuple[int, int] | None:
    """Start and end (exclusive) of the bytes asked for; None for the whole file.

    A header that is not understood, and several ranges at once, mean the whole file too.
    """
    match = _RANGE.fullmatch(header)
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        start, end = max(size - int(suffix), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    if start >= end:
        raise Unsatisfiable(f"{header} of {size} bytes")
    return start, end
