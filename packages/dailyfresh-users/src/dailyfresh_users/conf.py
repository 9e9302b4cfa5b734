"""The settings of dailyfresh-users, each with its default: `DAILYFRESH_USERS = {...}` in Django's settings."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from django.conf import settings

NAME = "DAILYFRESH_USERS"


class Defaults:
    TASKS: str | None = None
    """"celery" or "inline"; None means inline unless the site configured a Celery app."""

    JQUERY_URL: str | None = "dailyfresh_users/vendor/jquery-4.0.0.min.js"
    """Static path of jQuery; None when the site loads its own (3.7 or newer)."""

    SITE_NAME: str = ""
    """The shop's name in mails; empty means the host of the link."""

    SITE_URL: str | None = None
    """Where links in mails lead ("https://shop.example"); None means the host of the request, as `ALLOWED_HOSTS` admits it."""

    MAIL_FROM: str | None = None
    """Sender of the mails; None means `DEFAULT_FROM_EMAIL`."""

    REGISTRATION: bool = True
    """Whether visitors may open an account."""

    USERNAME_LENGTH: tuple[int, int] = (5, 20)
    """Shortest and longest name that may be registered."""

    TERMS_URL: str | None = None
    """URL name or path of the user agreement; None leaves the link out."""

    PRIVACY_URL: str | None = None
    """URL name or path of the privacy policy; None leaves the link out."""

    ACTIVATION_AGE: int = 24 * 60 * 60
    """Seconds that an activation link is valid."""

    PENDING_AGE: int | None = 7 * 24 * 60 * 60
    """Seconds after which an account that was never activated is removed; None keeps it."""

    REMEMBER_AGE: int = 14 * 24 * 60 * 60
    """Seconds that "keep me signed in" lasts; without it the session ends with the browser."""

    LOGIN_REDIRECT: str = "dailyfresh_users:profile"
    """URL name or path after signing in without `next`."""

    LOGOUT_REDIRECT: str = "dailyfresh_users:login"
    """URL name or path after signing out."""

    ADDRESS_LIMIT: int = 20
    """How many addresses an account may keep."""

    TRUSTED_PROXIES: Sequence[str] = ()
    """Networks of the proxies whose `X-Forwarded-For` is believed ("10.0.0.0/8"; "unix" for a socket)."""

    THROTTLE_CACHE: str = "default"
    """Alias of the cache that counts attempts; every process must share it."""

    THROTTLES: Mapping[str, tuple[int, int]] = {
        "login": (30, 600),
        "register": (30, 3600),
        "name_check": (30, 60),
        "mail": (20, 3600),
        "mailbox": (5, 3600),
        "password": (10, 600),
    }
    """Name -> (attempts, seconds), per client address ("mailbox": per recipient and kind, "password": per account); those left out keep their default."""

    LOGIN_FREE: int = 5
    """Wrong passwords for one account before each further attempt has to wait."""

    LOGIN_WAIT: int = 60
    """Longest wait in seconds between attempts on one account; never a lock."""


# ---- below this line the file is the same in every package of the suite ----


class _Settings:
    """Reads the package's dict in Django's settings, at every access, over the defaults above."""

    @property
    def given(self) -> dict[str, Any]:
        """What the site wrote, without the defaults."""
        return dict(getattr(settings, NAME, {}))

    def unknown(self) -> dict[str, str | None]:
        """Keys that are no setting of this package -> the nearest one that is, or None."""
        known = [key for key in vars(Defaults) if key.isupper()]
        return {key: next(iter(get_close_matches(key, known, n=1)), None) for key in self.given if key not in known}

    def __getattr__(self, key: str) -> Any:
        if not key.isupper() or not hasattr(Defaults, key):
            raise AttributeError(f"{NAME} has no setting {key!r}")
        return getattr(settings, NAME, {}).get(key, getattr(Defaults, key))


class _Conf(_Settings, Defaults if TYPE_CHECKING else object):  # type: ignore[misc]
    """The settings with the types of their defaults."""


conf = _Conf()
