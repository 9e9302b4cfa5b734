"""The data cache: versioned entries, built by one at a time, served stale meanwhile.

An entry carries the tokens of the groups it was built from, read *before* its data. It is fresh while
those tokens stand, so entry and tokens come in one round trip, nothing is ever deleted, and an entry
built from rows that changed meanwhile is outdated the moment it is stored.
"""

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from django.core.cache import BaseCache, caches
from django.core.cache.backends.dummy import DummyCache

from ..conf import conf
from ..exceptions import CacheUnavailable
from .release import release

logger = logging.getLogger(__name__)
T = TypeVar("T")

JITTER = 0.2
LOCK_SECONDS = 30  # a builder that died holds the others up no longer than this
WAIT_SECONDS = 3.0  # how long those wait who have nothing stale to serve
PAUSE_SECONDS = 5.0  # after a failure the cache is left alone, so that a dead one costs no time on every page

_paused_until = 0.0
_off: ContextVar[bool] = ContextVar("dailyfresh_goods_cache_off", default=False)


@dataclass(frozen=True, slots=True)
class Entry:
    value: Any
    tokens: tuple[str, ...]
    fresh_until: float


class _Down(Exception):
    """The cache did not answer; pages are made without it."""


@contextmanager
def uncached() -> Iterator[None]:
    """Inside, everything is built from the database and nothing is stored."""
    token = _off.set(True)
    try:
        yield
    finally:
        _off.reset(token)


def _cache() -> BaseCache | None:
    if conf.CACHE is None:
        return None
    cache = caches[conf.CACHE]
    return None if isinstance(cache, DummyCache) else cache


@contextmanager
def _guarded() -> Iterator[None]:
    """Turns whatever a cache client raises into `_Down`, and keeps away from the cache for a while."""
    global _paused_until
    try:
        yield
    except Exception as error:
        _paused_until = time.monotonic() + PAUSE_SECONDS
        logger.warning("The cache %r is down, pages come from the database: %s", conf.CACHE, error)
        raise _Down from error


def _group_key(group: str) -> str:
    return f"dailyfresh_goods:v:{group}"


def _read(cache: BaseCache, key: str, groups: Sequence[str]) -> tuple[Entry | None, tuple[str, ...]]:
    """The entry and the tokens of its groups; a token that is gone is made, and no entry can carry it."""
    keys = [_group_key(group) for group in groups]
    found = cache.get_many([key, *keys])
    entry = found.get(key)
    missing = [k for k in keys if k not in found]
    if missing:
        for k in missing:
            cache.add(k, uuid4().hex, timeout=None)
        found |= cache.get_many(missing)
        entry = None
    return entry, tuple(found.get(k, "") for k in keys)


def cached(
    name: str,
    groups: Sequence[str],
    build: Callable[[], T],
    *,
    seconds: float | Callable[[T], float | None] | None = None,
    fresh: bool = False,
    stale: bool = False,
) -> T:
    """What `build` gives, taken from the cache while no group moved and its time (CACHE_SECONDS) is not over.

    One caller at a time builds. The others get the outdated value meanwhile when `stale` allows it, else
    they wait a moment for the new one. `fresh` builds in any case and stores. An exception of `build`
    passes through and nothing is stored.
    """
    cache = _cache()
    if cache is None or _off.get() or (time.monotonic() < _paused_until and not fresh):
        return build()
    key = f"dailyfresh_goods:{release()}:{name}"
    lock = f"{key}:lock"
    try:
        with _guarded():
            entry, tokens = _read(cache, key, groups)
            now = time.time()
            if entry and not fresh and entry.tokens == tokens and now < entry.fresh_until:
                return entry.value  # type: ignore[no-any-return]
            mine = cache.add(lock, 1, timeout=LOCK_SECONDS)
            if not mine and not fresh:
                if entry and stale:
                    return entry.value  # type: ignore[no-any-return]
                waited = _wait(cache, key, lock, groups)
                if waited is not None:
                    return waited.value  # type: ignore[no-any-return]
    except _Down:
        return build()
    try:
        value = build()
        limit = seconds(value) if callable(seconds) else seconds
        lifetime = (conf.CACHE_SECONDS if limit is None else limit) * (1 - JITTER * random.random())  # noqa: S311
        try:
            with _guarded():
                stored = Entry(value, tokens, time.time() + lifetime)
                cache.set(key, stored, timeout=int(lifetime + conf.STALE_SECONDS) + 1)
        except _Down:
            pass
        return value
    finally:
        if mine:
            try:
                with _guarded():
                    cache.delete(lock)
            except _Down:
                pass


def _wait(cache: BaseCache, key: str, lock: str, groups: Sequence[str]) -> Entry | None:
    """The entry another caller is building; None when that takes too long or came to nothing."""
    end = time.monotonic() + WAIT_SECONDS
    pause = 0.01
    while time.monotonic() < end:
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
        entry, tokens = _read(cache, key, groups)
        if entry and entry.tokens == tokens:
            return entry
        if lock not in cache:
            return None
    return None


def move(groups: Iterable[str]) -> None:
    """Outdate every entry built from one of the groups; raises `CacheUnavailable` when that is not sure."""
    cache = _cache()
    tokens = {_group_key(group): uuid4().hex for group in groups}
    if cache is None or not tokens:
        return
    try:
        with _guarded():
            cache.set_many(tokens, timeout=None)
            there = cache.get_many(tokens)  # a client may be set to swallow its errors
    except _Down as error:
        raise CacheUnavailable("the versions of the pages could not be moved") from error
    if len(there) < len(tokens):
        raise CacheUnavailable("the cache does not keep the versions of the pages")
