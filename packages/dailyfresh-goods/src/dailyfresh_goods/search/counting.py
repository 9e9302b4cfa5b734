"""Real searches, counted and shown to the next visitor."""

from ..backends import backend
from ..conf import conf
from ..pages.cache import cached
from .popular.base import Popular

SHOWN, KNOWN = 8, 200
SECONDS = 60


def note_search(text: str, *, visitor: str) -> None:
    """Counts a search; `text` in its normal spelling, since others are shown it."""
    if conf.SEARCH_POPULAR is not None and text:
        backend("SEARCH_POPULAR", Popular).note(text, visitor=visitor)  # type: ignore[type-abstract]


def drop_search(text: str) -> None:
    """Forgets a search that finds its goods no more."""
    if conf.SEARCH_POPULAR is not None and text:
        backend("SEARCH_POPULAR", Popular).drop(text)  # type: ignore[type-abstract]


def popular_searches(number: int = SHOWN) -> list[str]:
    """The searches that count most, a minute old at most; one process asks, the others take what it had."""
    if conf.SEARCH_POPULAR is None:
        return []
    return cached("popular_searches", (), _top, seconds=SECONDS, stale=True)[:number]


def _top() -> list[str]:
    return backend("SEARCH_POPULAR", Popular).top(KNOWN)  # type: ignore[type-abstract]
