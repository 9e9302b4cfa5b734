"""Counting in a cache what may be done so and so often in a time."""

import hashlib
import logging
import time
from math import ceil

from django.core.cache import caches

from .metrics import counter

logger = logging.getLogger(__name__)
THROTTLED = counter("throttled", "Attempts beyond an allowance.", ["name"])


def count(name: str, subject: str, *, seconds: int, cache: str = "default") -> int:
    """One more of this name by this subject, counted for `seconds` from the first; 1 when the cache is down.

    A dead cache must not close the shop, so it is logged and the attempt goes on.
    """
    key = key_of(name, subject)
    try:
        store = caches[cache]
        if store.add(key, 1, timeout=seconds):
            return 1
        return int(store.incr(key))
    except ValueError:  # it ran out between add and incr
        return 1
    except Exception as error:  # noqa: BLE001 - cache clients raise what they like
        logger.warning("%s is not counted: the cache %r does not answer: %s", name, cache, error)
        return 1


def spend(name: str, subject: str, *, attempts: int, seconds: int, cache: str = "default") -> int:
    """Count an attempt against so many in each window of `seconds`; 0, or the seconds to wait when they are used up."""
    now = time.time()
    window = int(now // seconds)
    if count(f"{name}:{window}", subject, seconds=seconds, cache=cache) <= attempts:
        return 0
    THROTTLED.labels(name).inc()
    return ceil((window + 1) * seconds - now)


def give_back(name: str, subject: str, *, seconds: int, cache: str = "default") -> None:
    """Uncount an attempt of `spend` that turned out to be a right one."""
    try:
        caches[cache].decr(key_of(f"{name}:{int(time.time() // seconds)}", subject))
    except ValueError:
        pass  # counted in the window before
    except Exception as error:  # noqa: BLE001 - as above
        logger.warning("%s is not given back: the cache %r does not answer: %s", name, cache, error)


def key_of(name: str, subject: str) -> str:
    """The cache's key: hashed, since keys may neither be long nor hold spaces, and say nothing about a visitor."""
    return f"dailyfresh:{name}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"
