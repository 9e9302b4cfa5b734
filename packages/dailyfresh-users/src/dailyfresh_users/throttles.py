"""Counting attempts in the cache, so that guessing is slow and owners are never shut out."""

import hashlib
import logging
import time
from math import ceil
from typing import Any

from django.core.cache import caches

from .conf import Defaults, conf
from .exceptions import Throttled
from .selectors import email_key

logger = logging.getLogger(__name__)
FORGET_AFTER = 15 * 60
BETWEEN_MAILS = 60
"""Seconds between two mails that a visitor asks for to one mailbox."""


def _key(name: str, subject: str) -> str:
    # Hashed: cache keys may neither be long nor hold spaces, and say nothing about a visitor.
    return f"dailyfresh_users:{name}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"


def _count(key: str, seconds: int) -> int:
    """One more under this key, counted for `seconds` from the first; 1 when the cache is down.

    A dead cache must not close the shop, so it is logged and the attempt goes on.
    """
    cache = caches[conf.THROTTLE_CACHE]
    try:
        if cache.add(key, 1, timeout=seconds):
            return 1
        return int(cache.incr(key))
    except ValueError:  # it ran out between add and incr
        return 1
    except Exception:
        logger.exception("attempts are not counted: the cache %r does not answer", conf.THROTTLE_CACHE)
        return 1


def limit(name: str, subject: str) -> None:
    """Count an attempt of this kind (a key of THROTTLES) by this subject; Throttled past the limit."""
    attempts, seconds = {**Defaults.THROTTLES, **conf.THROTTLES}[name]
    now = time.time()
    window = int(now // seconds)
    if _count(_key(f"{name}:{window}", subject), seconds) > attempts:
        raise Throttled(ceil((window + 1) * seconds - now))


def give_back(name: str, subject: str) -> None:
    """Uncount an attempt that turned out to be a right one."""
    _attempts, seconds = {**Defaults.THROTTLES, **conf.THROTTLES}[name]
    try:
        caches[conf.THROTTLE_CACHE].decr(_key(f"{name}:{int(time.time() // seconds)}", subject))
    except ValueError:
        pass  # counted in the window before
    except Exception:
        logger.exception("attempts are not given back: the cache %r does not answer", conf.THROTTLE_CACHE)


def slow_down(subject: str) -> None:
    """Count an attempt on an account; past LOGIN_FREE one attempt per 1, 2, 4 ... LOGIN_WAIT seconds.

    It never locks: whoever waits may try, and the owner's own browser (`subject` differs) is not
    slowed by a stranger's attempts.
    """
    strikes = _count(_key("account", subject), FORGET_AFTER) - conf.LOGIN_FREE
    if strikes <= 0:
        return
    pause("account", subject, min(2 ** min(strikes - 1, 16), conf.LOGIN_WAIT))


def pause(name: str, subject: str, seconds: int) -> None:
    """Let one attempt through and hold the next ones back for this time."""
    cache: Any = caches[conf.THROTTLE_CACHE]
    gate, now = _key(f"{name}:gate", subject), time.time()
    try:
        opened = cache.add(gate, now + seconds, timeout=seconds)
        until = now if opened else cache.get(gate) or now + 1
    except Exception:
        logger.exception("attempts are not slowed: the cache %r does not answer", conf.THROTTLE_CACHE)
        return
    if not opened:
        raise Throttled(max(1, ceil(until - now)))


def forgive(subject: str) -> None:
    """Forget the attempts on an account after a right password."""
    try:
        caches[conf.THROTTLE_CACHE].delete_many([_key("account", subject), _key("account:gate", subject)])
    except Exception:
        logger.exception("attempts are not forgotten: the cache %r does not answer", conf.THROTTLE_CACHE)


def limit_mail(*, subject: str, kind: str, email: str) -> None:
    """Count a mail of this kind that this visitor asked for to this mailbox, whether or not an account has it.

    It says nothing about others who asked: what they got sent is counted by `limit_mailbox`.
    """
    limit("mail", subject)
    pause("mailbox", f"{subject}|{email_key(email)}", BETWEEN_MAILS)
    limit("mailbox", f"{subject}|{kind}|{email_key(email)}")


def limit_mailbox(*, kind: str, email: str) -> None:
    """Count a mail of this kind that is about to be queued, whoever asked for it.

    Each kind has its own allowance, or a stranger's registrations would keep somebody's reset mail waiting.
    """
    pause("mailbox", f"{kind}|{email_key(email)}", BETWEEN_MAILS)
    limit("mailbox", f"{kind}|{email_key(email)}")
