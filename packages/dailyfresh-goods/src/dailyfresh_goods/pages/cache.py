"""The data cache: versioned entries, built by one at a time, served stale meanwhile.

An entry carries the tokens of the groups it was built from, read *before* its data. It is fresh while
those tokens stand, so entry and tokens come in one round trip, nothing is ever deleted, and an entry
built from rows that changed meanwhile is outdated the moment it is stored.
"""

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from itertools import groupby
from typing import Any, TypeVar
from uuid import uuid4

from dailyfresh_core.http.outages import is_outage
from dailyfresh_core.metrics import counter
from django.core.cache import BaseCache, InvalidCacheKey, caches
from django.core.cache.backends.dummy import DummyCache

from ..conf import conf
from ..exceptions import Absent, CacheUnavailable
from .keys import release

logger: logging.Logger = logging.getLogger(__name__)
T = TypeVar("T")
ASKED = counter(
    "goods_cache",
    "Entries asked of the data cache: served from it, built anew, or built because it is down.",
    ["outcome"],
)
HIT, BUILT, DOWN = ASKED.labels("hit"), ASKED.labels("built"), ASKED.labels("down")

JITTER = 0.2
LOCK_SECONDS = 30  # a builder that died holds the others up no longer than this
WAIT_SECONDS = 3.0  # how long those wait who have nothing stale to serve
PAUSE_SECONDS = 5.0  # after a failure the cache is left alone, so that a dead one costs no time on every page

_paused_until = 0.0
_off: ContextVar[bool] = ContextVar("dailyfresh_goods_cache_off", default=False)


Entry = tuple[Any, tuple[int, ...], float]
"""(value, tokens of its groups, until when it is fresh): a plain tuple, since every warm page unpickles one."""


class _Down(Exception):
    """The cache gave no answer; pages are made without it."""


@contextmanager
def uncached() -> Iterator[None]:
    """Inside, everything is built from the database and nothing is stored."""
    token = _off.set(True)
    try:
        yield
    finally:
        _off.reset(token)


def _cache() -> BaseCache | None:
    alias = conf.CACHE
    if alias is None:
        return None
    cache = caches[alias]
    return None if isinstance(cache, DummyCache) else cache


@contextmanager
def _guarded() -> Iterator[None]:
    """Turns whatever a cache client raises into `_Down`, and keeps away from the cache for a while."""
    global _paused_until
    try:
        yield
    except InvalidCacheKey as error:  # a name that a visitor made up, too long for memcached; the cache is well
        raise _Down from error
    except Exception as error:
        _paused_until = time.monotonic() + PAUSE_SECONDS
        logger.warning("The cache %r is down, pages come from the database: %s", conf.CACHE, error)
        raise _Down from error


def _token() -> int:
    """A version nobody had before; a number, which Redis clients keep without pickling."""
    return uuid4().int >> 66


def _token_seconds(key: str) -> float | None:
    """How long a token is kept: longer than any entry, and not for ever where anybody can make up a name."""
    return max(86400, 2 * (conf.CACHE_SECONDS + conf.STALE_SECONDS)) if _is_named(key) else None


def _is_named(key: str) -> bool:
    return key.count(":") > 2


def _group_key(group: str) -> str:
    return f"dailyfresh_goods:v:{group}"


def _read(cache: BaseCache, key: str, groups: Sequence[str]) -> tuple[Entry | None, tuple[int, ...]]:
    """The entry and the tokens of its groups; a token that is gone is made, and no entry can carry it."""
    keys = [_group_key(group) for group in groups]
    try:
        found = cache.get_many([key, *keys])
    except Exception as error:
        if is_outage(error) or isinstance(error, InvalidCacheKey):
            raise
        logger.warning("%s or one of its tokens cannot be read and is thrown away: %r", key, error)
        cache.delete_many([key, *keys])
        found = {}
    entry = found.get(key)
    if not (isinstance(entry, tuple) and len(entry) == 3 and isinstance(entry[2], float)):
        entry = None
    missing = [k for k in keys if k not in found]
    if missing:
        for k in missing:
            # A visitor may have made the name up: it is forgotten unless an entry comes of it.
            cache.add(k, _token(), timeout=LOCK_SECONDS if _is_named(k) else None)
        found |= cache.get_many(missing)
        entry = None
    return entry, tuple(found.get(k, 0) for k in keys)


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
    passes through and nothing is stored; after `Absent` a `fresh` call leaves nothing there.
    """
    cache = _cache()
    if cache is None or _off.get() or (time.monotonic() < _paused_until and not fresh):
        return build()
    key = f"dailyfresh_goods:{release()}:{name}"
    try:
        with _guarded():
            entry, tokens, mine, serve = _look(cache, key, groups, fresh=fresh, stale=stale)
    except _Down:
        DOWN.inc()
        return build()
    if serve:
        HIT.inc()
        return entry[0]  # type: ignore[index, no-any-return]
    BUILT.inc()
    try:
        value = build()
        limit = seconds(value) if callable(seconds) else seconds
        lifetime = (conf.CACHE_SECONDS if limit is None else limit) * (1 - JITTER * random.random())  # noqa: S311
        with suppress(_Down), _guarded():
            stored: Entry = (value, tokens, time.time() + lifetime)
            # What is made for a minute, as a list with filters, is not kept for ten more.
            spare = min(conf.STALE_SECONDS, lifetime) if stale else 0
            cache.set(key, stored, timeout=int(lifetime + spare) + 1)
            for token in filter(_is_named, map(_group_key, groups)):
                cache.touch(token, _token_seconds(token))
        return value
    except Absent:
        if fresh and entry:  # what stood here is no more: the lock of one who died must not keep it in sight
            with suppress(_Down), _guarded():
                cache.delete(key)
        raise
    finally:
        if mine:
            with suppress(_Down), _guarded():
                cache.delete(_lock(key))


def _lock(key: str) -> str:
    return f"{key}:lock"


def _look(
    cache: BaseCache, key: str, groups: Sequence[str], *, fresh: bool, stale: bool
) -> tuple[Entry | None, tuple[int, ...], bool, bool]:
    """(the entry, the tokens it would carry now, whether we hold the lock to build, whether the entry is to be served)."""
    entry, tokens = _read(cache, key, groups)
    if not fresh and _holds(entry, tokens):
        return entry, tokens, False, True
    lock = _lock(key)
    mine = cache.add(lock, 1, timeout=LOCK_SECONDS)
    if fresh:
        return entry, tokens, mine, False
    if not mine and stale and entry:
        return entry, tokens, False, True
    if not mine:
        _wait(cache, lock)
    entry, tokens = _read(cache, key, groups)  # another may have built since we looked
    serve = _holds(entry, tokens)
    if mine and serve:
        cache.delete(lock)
    return entry, tokens, mine and not serve, serve


def _holds(entry: Entry | None, tokens: tuple[int, ...]) -> bool:
    """Whether the entry is there, of the groups as they are, and its time not over."""
    return entry is not None and entry[1] == tokens and time.time() < entry[2]


def _wait(cache: BaseCache, lock: str) -> None:
    """Until the caller who builds is done, or has taken too long."""
    end = time.monotonic() + WAIT_SECONDS
    pause = 0.01
    while lock in cache and time.monotonic() < end:
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def invalidate(groups: Iterable[str]) -> None:
    """Outdate every entry built from one of the groups; raises `CacheUnavailable` when that is not sure."""
    cache = _cache()
    keys = sorted(map(_group_key, groups))
    if cache is None or not keys:
        return
    try:
        with _guarded():
            for seconds, some in groupby(sorted(keys, key=_is_named), _token_seconds):
                cache.set_many({key: _token() for key in some}, timeout=seconds)
            # A client may be set to swallow its errors, so one is read back. Of many, a small cache may have
            # dropped some already: no token is as good as a new one.
            last = max(keys, key=_is_named)
            cache.set(last, _token(), timeout=_token_seconds(last))
            there = cache.get(last) is not None
    except _Down as error:
        raise CacheUnavailable("the versions of the pages could not be moved") from error
    if not there:
        raise CacheUnavailable("the cache does not keep the versions of the pages")
