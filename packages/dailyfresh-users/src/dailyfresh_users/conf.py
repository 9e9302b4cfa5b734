"""The settings of dailyfresh-users, each with its default: `DAILYFRESH_USERS = {...}` in Django's settings."""

from collections.abc import Mapping, Sequence

from dailyfresh_core.conf import Conf, Shared

NAME = "DAILYFRESH_USERS"


class Settings(Conf, name=NAME):
    TASKS: str | None = Shared.TASKS
    """"celery" or "inline"; None means inline unless the site configured a Celery app."""

    JQUERY_URL: str | None = Shared.JQUERY_URL
    """Static path of jQuery; None when the site loads its own (3.7 or newer)."""

    SITE_NAME: str = Shared.SITE_NAME
    """The shop's name in mails; empty means the host of the link."""

    SITE_URL: str | None = None
    """Where links in mails lead ("https://shop.example"); None means the host of the request, as `ALLOWED_HOSTS` admits it."""

    MAIL_FROM: str | None = None
    """Sender of the mails; None means `DEFAULT_FROM_EMAIL`."""

    REGISTRATION: bool = True
    """Whether visitors may open an account."""

    GUESTS: bool = False
    """Whether visitors may go on without an account where one is asked for, as at the checkout."""

    GUEST_AGE: int = 90 * 24 * 60 * 60
    """Seconds after which a guest whose browser is signed in no longer is erased, as an account that is left."""

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

    TRUSTED_PROXIES: Sequence[str] = Shared.TRUSTED_PROXIES
    """Networks of the proxies whose `X-Forwarded-For` is believed ("10.0.0.0/8"; "unix" for a socket)."""

    THROTTLE_CACHE: str = "default"
    """Alias of the cache that counts attempts; every process must share it."""

    THROTTLES: Mapping[str, tuple[int, int]] = {
        "login": (30, 600),
        "register": (30, 3600),
        "guest": (10, 3600),
        "name_check": (30, 60),
        "mail": (20, 3600),
        "mailbox": (5, 3600),
        "password": (10, 600),
    }
    """Name -> (attempts, seconds), per client address ("mailbox": per recipient and kind, "password": per account); those left out keep their default."""

    LOGIN_FREE: int = 5
    """Wrong passwords for one account from one address before each further attempt has to wait; from many addresses twenty times as many."""

    LOGIN_WAIT: int = 60
    """Longest wait in seconds between attempts on one account; never a lock."""


conf = Settings()
