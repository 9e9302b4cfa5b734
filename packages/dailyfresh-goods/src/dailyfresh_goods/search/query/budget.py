"""How much work one search may be: whoever types nonsense is not to keep others waiting.

What is counted is the processor's time of this thread, so that a busy machine does not make a search poorer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import thread_time

_end: ContextVar[float] = ContextVar("dailyfresh_search_end", default=inf)


class OutOfTime(Exception):
    """The search has had its time."""


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """What is done inside may take so long; `check` raises OutOfTime after that."""
    token = _end.set(thread_time() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


def check() -> None:
    """Asked before each piece of work that is worth sparing. Raises OutOfTime."""
    if thread_time() > _end.get():
        raise OutOfTime
