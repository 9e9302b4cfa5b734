"""A page for each of many things, in a few statements for all of them.

Who makes such pages says which they are (`together`). What reads the rows of one thing goes through `of_each`, and then asks for those of all.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

V = TypeVar("V")
_now: ContextVar[tuple[tuple[str, ...], dict[Hashable, Any]] | None] = ContextVar("dailyfresh_together", default=None)


@contextmanager
def together(ids: Iterable[str]) -> Iterator[None]:
    """Inside, what is asked of one of these ids is asked of all of them, once; so it is as old as the first question."""
    token = _now.set((tuple(dict.fromkeys(ids)), {}))
    try:
        yield
    finally:
        _now.reset(token)


def of_each(find: Callable[[list[str]], Mapping[str, V]], id_: str) -> V | None:
    """What `find`, a function of a module, gives for this id, or None."""
    now = _now.get()
    if now is None or id_ not in now[0]:
        return find([id_]).get(id_)
    ids, known = now
    if find not in known:
        known[find] = find(list(ids))
    found: Mapping[str, V] = known[find]
    return found.get(id_)


def once(key: Hashable, make: Callable[[], V]) -> V:
    """What `make` gives: inside `together` of the first time."""
    now = _now.get()
    if now is None:
        return make()
    if key not in now[1]:
        now[1][key] = make()
    made: V = now[1][key]
    return made
