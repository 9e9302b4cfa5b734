"""Counting attempts in the cache, so that guessing is slow and owners are never shut out."""

import logging
import time
from math import ceil
from typing import Any

from dailyfresh_core import allowances
from django.core.cache import caches
from django.utils.translation import gettext_lazy as _

from .conf import Settings, conf
from .exceptions import Throttled
from .selectors import email_key

logger: logging.Logger = logging.getLogger(__name__)
FORGET_AFTER = 15 * 60
ANYBODY = "anybody"
CROWD = 20
"""Addresses that may use up their free attempts on one account before all of them wait."""
BETWEEN_MAILS = 60
"""Seconds between two mails that a visitor asks for to one mailbox."""
ACCOUNT, GATE = "users:account", "users:{}:gate"

allowances.LABELS |= {
    "users:login": _("Attempts to sign in"),
    "users:register": _("New accounts"),
    "users:guest": _("New guests"),
    "users:name_check": _("Looks whether a name is free"),
    "users:mail": _("Mails asked for"),
    "users:mailbox": _("Mails to one mailbox"),
    "users:password": _("Attempts at a password"),
}


def _rate(name: str) -> tuple[int, int]:
    attempts, seconds = {**Settings.THROTTLES, **conf.THROTTLES}[name]
    return attempts, seconds


def limit(name: str, subject: str) -> None:
    """Count an attempt of this kind (a key of THROTTLES) by this subject; Throttled past the limit."""
    attempts, seconds = _rate(name)
    wait = allowances.spend(f"users:{name}", subject, attempts=attempts, seconds=seconds, cache=conf.THROTTLE_CACHE)
    if wait:
        raise Throttled(wait)


def give_back(name: str, subject: str) -> None:
    """Uncount an attempt that turned out to be a right one."""
    allowances.give_back(f"users:{name}", subject, seconds=_rate(name)[1], cache=conf.THROTTLE_CACHE)


def slow_down(subject: str, *, free: int | None = None) -> None:
    """Count an attempt on an account by `subject`; past LOGIN_FREE, or `free`, one attempt per 1, 2, 4 ... LOGIN_WAIT seconds.

    It never locks: whoever waits may try.
    """
    counted = allowances.count(ACCOUNT, subject, seconds=FORGET_AFTER, cache=conf.THROTTLE_CACHE)
    strikes = counted - (conf.LOGIN_FREE if free is None else free)
    if strikes > 0:
        pause("account", subject, min(2 ** min(strikes - 1, 16), conf.LOGIN_WAIT))


def slow_crowd(account: str) -> None:
    """Count an attempt of any browser that the account does not know: many addresses together are slowed as one is."""
    slow_down(f"{account}|{ANYBODY}", free=conf.LOGIN_FREE * CROWD)


def pause(name: str, subject: str, seconds: int) -> None:
    """Let one attempt through and hold the next ones back for this time."""
    cache: Any = caches[conf.THROTTLE_CACHE]
    gate, now = allowances.key_of(GATE.format(name), subject), time.time()
    try:
        opened = cache.add(gate, now + seconds, timeout=seconds)
        until = now if opened else float(cache.get(gate) or now + 1)
    except Exception:
        logger.exception("attempts are not slowed: the cache %r does not answer", conf.THROTTLE_CACHE)
        return
    if not opened:
        raise Throttled(max(1, ceil(until - now)))


def forgive(subject: str) -> None:
    """Forget the attempts on an account after a right password."""
    keys = [allowances.key_of(name, subject) for name in (ACCOUNT, GATE.format("account"))]
    try:
        caches[conf.THROTTLE_CACHE].delete_many(keys)
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
