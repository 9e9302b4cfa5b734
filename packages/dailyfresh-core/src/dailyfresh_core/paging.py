"""The pager of a list."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Page(NamedTuple):
    """A page that a pager leads to."""

    number: int
    url: str
    current: bool


def window(number: int, pages: int, *, width: int = 5) -> range:
    """`width` page numbers around the current one, as far as there are pages."""
    first = max(1, min(number - width // 2, pages - width + 1))
    return range(first, min(first + width, pages + 1))


def pager(number: int, pages: int, address: Callable[[int], str]) -> dict[str, Any]:
    """What `dailyfresh_core/_pager.html` is given: the pages about the current one, and the first; nothing where there is one page."""
    near = window(number, pages)
    return {
        "first": address(1) if near[0] > 1 else "",
        "gap": near[0] > 2,
        "previous": address(number - 1) if number > 1 else "",
        "pages": [Page(n, address(n), n == number) for n in near] if pages > 1 else [],
        "next": address(number + 1) if number < pages else "",
    }
