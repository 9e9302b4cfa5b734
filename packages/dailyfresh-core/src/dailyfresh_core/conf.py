"""Settings of a package in one dict, with defaults, and those that all packages share: `DAILYFRESH = {...}`."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar

from django.conf import settings

NAME = "DAILYFRESH"


class Shared:
    """What a site says once for all packages; a key of the same name in a package's own dict goes before it."""

    TASKS: str | None = None
    """"celery" or "inline"; None means inline unless the site configured a Celery app."""

    JQUERY_URL: str | None = "dailyfresh_core/vendor/jquery-4.0.0.min.js"
    """Static path of jQuery; None when the site loads its own (3.7 or newer)."""

    TRUSTED_PROXIES: Sequence[str] = ()
    """Networks of the proxies whose `X-Forwarded-For` is believed ("10.0.0.0/8"; "unix" for a socket)."""

    LOW_STOCK: int = 10
    """The last stock that counts as nearly sold out."""

    ALLOWANCES: Mapping[str, tuple[int, int] | None] = {}
    """What one visitor may do: name -> (times, in so many seconds), None for without limit; `allowances.DEFAULTS` for what is not named."""

    SITE_NAME: str = ""
    """The shop's name in mails and messages, maybe of `gettext_lazy`; empty means the host of their links."""

    CURRENCY: str = "CNY"
    """ISO 4217 code of every price, total and payment; `money` writes them. No package has one of its own."""


SHARED = frozenset(key for key in vars(Shared) if key.isupper())


class Conf:
    """Base of a package's settings: annotated class attributes are the defaults, each with a line that says what it is.

    `class Settings(Conf, name="DAILYFRESH_CART")`, `conf = Settings()`, `conf.MAX_LINES`. Nothing is kept: every access reads
    Django's settings, so `override_settings` needs no signal.
    """

    NAME: ClassVar[str]
    """Name of the dict in Django's settings."""
    KEYS: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, *, name: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.NAME = name
        cls.KEYS = frozenset(key for key in vars(cls) if key.isupper() and key not in ("NAME", "KEYS"))

    def __getattribute__(self, key: str) -> Any:
        if not key.isupper() or key not in type(self).KEYS:
            return super().__getattribute__(key)
        given = getattr(settings, type(self).NAME, {})
        if key in given:
            return given[key]
        if key in SHARED and key in (shared := getattr(settings, NAME, {})):
            return shared[key]
        return super().__getattribute__(key)

    def unknown(self) -> dict[str, str | None]:
        """Keys of the site's dict that are no setting of this package -> the nearest one that is, or None."""
        return unknown_keys(getattr(settings, self.NAME, {}), self.KEYS)


def unknown_keys(given: dict[str, Any], known: frozenset[str]) -> dict[str, str | None]:
    """Keys of `given` that are not `known` -> the nearest known one, or None."""
    return {key: next(iter(get_close_matches(key, known, n=1)), None) for key in given if key not in known}
