"""The settings of dailyfresh-promotions, each with its default: `DAILYFRESH_PROMOTIONS = {...}` in Django's settings."""

from typing import Literal

from dailyfresh_core.conf import Conf, Shared

NAME = "DAILYFRESH_PROMOTIONS"


class Settings(Conf, name=NAME):
    CATALOGUE: str | None = None
    """Dotted path of the site's `Catalogue`; the preview in the admin looks prices up in it. None: no preview."""

    MEMBERS: str | None = None
    """Dotted path of a function that says of a user whether offers for members are theirs; None: everybody who is signed in."""

    GOODS_URL: str | None = None
    """Dotted path of a function that gives the address of a page with the goods of an offer, by its `skus` and `groups`, "" where there is
    none; hints lead there. None: they lead nowhere."""

    GATE: str | None = None
    """URL of a Redis that holds the gate before flash sales, or the alias of a cache of django-redis; None: every buyer asks the database."""

    GATE_AWAY: Literal["through", "closed"] = "through"
    """What becomes of buyers while that Redis is away: "through" to the database, or "closed"."""

    PAGE_SIZE: int = 20
    """Coupons on a page."""

    SHOP_URL: str = "/"
    """Name of a URL, or a path, where somebody with a coupon goes to use it."""

    TASKS: str | None = Shared.TASKS
    """"celery" or "inline"; None means inline unless the site configured a Celery app."""

    TRUSTED_PROXIES: tuple[str, ...] = tuple(Shared.TRUSTED_PROXIES)
    """Networks of the proxies whose `X-Forwarded-For` is believed: typed codes are counted by the address too."""

    JQUERY_URL: str | None = Shared.JQUERY_URL
    """Static path of jQuery; None when the site loads its own (3.7 or newer)."""


conf: Settings = Settings()
