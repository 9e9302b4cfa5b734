"""What can go wrong with the catalogue."""

from collections.abc import Sequence


class GoodsError(Exception):
    """Base of the package's own errors."""


class CacheUnavailable(GoodsError):
    """The cache could not take or give back what must be known to hold."""


class PageRefused(GoodsError):
    """A page that must not be kept, since it was made for one visitor or is no page at all."""


class BadRows(GoodsError):
    """Rows of an import that cannot be taken; nothing was written."""

    def __init__(self, problems: Sequence[object]) -> None:
        super().__init__(f"{len(problems)} bad rows")
        self.problems = problems
