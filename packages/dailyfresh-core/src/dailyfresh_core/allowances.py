"""What one visitor may do so and so often in a time, counted in a cache; who is held back is listed, and may be let go."""

import hashlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from math import ceil
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .conf import NAME
from .http.proxies import throttle_subject, visitor_address
from .metrics import counter

T = TypeVar("T")
logger: logging.Logger = logging.getLogger(__name__)
THROTTLED = counter("throttled", "Attempts beyond an allowance.", ["name"])

DEFAULTS: Mapping[str, tuple[int, int] | None] = {
    "search": (120, 60),
    "suggest": (600, 60),
    "guest_cart": (60, 3600),
    "guest_history": (120, 3600),
    "cart": (300, 60),
    "quote": (120, 60),
    "place": (20, 60),
    "guest_window": (5, 14 * 24 * 3600),
    "cancel": (20, 3600),
    "find": (20, 3600),
    "found": (200, 3600),
    "review": (30, 3600),
    "refund": (20, 3600),
    "wish": (120, 3600),
    "coupon_code": (10, 3600),
    "guest_coupon": (5, 24 * 3600),
}
"""name -> (times, seconds). An address may stand for a whole office, so these are for machines, not for people."""
LABELS: dict[str, str | Promise] = {
    "search": _("Searches"),
    "suggest": _("Suggestions of the search"),
    "guest_cart": _("New carts of guests"),
    "guest_history": _("New browsing histories of guests"),
    "cart": _("Changes of a cart"),
    "quote": _("Looks at the checkout"),
    "place": _("Orders placed"),
    "guest_window": _("Orders of guests in one delivery window"),
    "cancel": _("Orders cancelled"),
    "find": _("Tries to find an order"),
    "found": _("Tries to find the same order"),
    "review": _("Reviews"),
    "refund": _("Refunds asked for or taken back"),
    "wish": _("Favourites and wishes to be told"),
    "coupon_code": _("Coupon codes typed"),
    "guest_coupon": _("Coupons of guests"),
}
"""name -> what the merchant's page calls it; a package adds its own."""
LISTED = 200
"""Who is held back, at most, on the merchant's page."""
FREE = 24 * 3600
"""Seconds for which somebody is let go."""
HELD_KEY = "dailyfresh:held"


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody who was held back: by which allowance, when last (seconds since 1970), how often, and whether they were let go."""

    name: str
    subject: str
    last: float
    times: int
    free: bool = False

    @property
    def label(self) -> str:
        """The allowance in the reader's words."""
        return str(LABELS.get(self.name, self.name))


def subject_of(request: HttpRequest, *, trusted: Sequence[str]) -> str:
    """Who asks, for an allowance: the account in a browser that is signed in, else the address.

    An account without a password is no one in particular: a guest's is opened in a moment, and the next one in another.
    """
    user: Any = getattr(request, "user", None)
    if _has_password(user):
        return f"account {user.pk}"
    return throttle_subject(visitor_address(request, trusted=trusted))


def guest_of(request: HttpRequest, *, trusted: Sequence[str]) -> str:
    """The address of a guest, for what is counted for weeks; "" of whoever has an account with a password.

    "" also where it is none of the open net: then it is a proxy's that nobody named, and all guests would be one.
    """
    address = visitor_address(request, trusted=trusted)
    if _has_password(getattr(request, "user", None)) or address is None or not ip_address(address).is_global:
        return ""
    return throttle_subject(address)


def _has_password(user: Any) -> bool:
    return user is not None and user.is_authenticated and user.has_usable_password()


def use(name: str, subject: str) -> int:
    """One more of what the setting ALLOWANCES counts; 0, or the seconds to wait."""
    rate = {**DEFAULTS, **getattr(settings, NAME, {}).get("ALLOWANCES", {})}[name]
    return spend(name, subject, attempts=rate[0], seconds=rate[1]) if rate else 0


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
    if held(name, subject, cache=cache):
        return ceil((window + 1) * seconds - now)
    return 0


def held(name: str, subject: str, *, cache: str = "default") -> bool:
    """Whether somebody who is over a limit is held back, and listed as such; False when the merchant let them go."""
    if _asked(lambda store: store.get(_free(name, subject)), cache):
        return False
    THROTTLED.labels(name).inc()

    def note(store: Any) -> None:
        # Two at once may lose one of two notes: this is for people to read, and counts nothing.
        known = _readable(store.get(HELD_KEY))
        _last, times = known.pop((name, subject), (0.0, 0))
        known[name, subject] = (time.time(), times + 1)
        store.set(HELD_KEY, dict(list(known.items())[-LISTED:]), timeout=FREE)

    _asked(note, cache)
    return True


def held_back(*, cache: str = "default") -> list[Held]:
    """Who was held back within a day, the latest first."""

    def read(store: Any) -> list[Held]:
        known = _readable(store.get(HELD_KEY))
        free = store.get_many([_free(*key) for key in known])
        return [Held(*key, *seen, free=_free(*key) in free) for key, seen in reversed(known.items())]

    return _asked(read, cache) or []


def let_go(name: str, subject: str, *, cache: str = "default") -> None:
    """Hold this one back no more by this allowance, for a day."""
    _asked(lambda store: store.set(_free(name, subject), 1, timeout=FREE), cache)


def hold_again(name: str, subject: str, *, cache: str = "default") -> None:
    """Take back a `let_go`."""
    _asked(lambda store: store.delete(_free(name, subject)), cache)


def _free(name: str, subject: str) -> str:
    return key_of(f"free:{name}", subject)


def _readable(known: Any) -> dict[tuple[str, str], tuple[float, int]]:
    """What the cache keeps of the list; nothing of what is none."""
    return known if isinstance(known, dict) else {}


def _asked(question: Callable[[Any], T], cache: str) -> T | None:
    """What a cache answers; None when it does not."""
    try:
        return question(caches[cache])
    except Exception as error:  # noqa: BLE001 - as above
        logger.warning("who is held back is not known: the cache %r does not answer: %s", cache, error)
        return None


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
