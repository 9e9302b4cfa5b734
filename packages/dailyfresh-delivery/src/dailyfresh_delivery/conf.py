"""The settings of dailyfresh-delivery, each with its default: `DAILYFRESH_DELIVERY = {...}` in Django's settings."""

from dailyfresh_core.conf import Conf, Shared

NAME = "DAILYFRESH_DELIVERY"


class Settings(Conf, name=NAME):
    DAYS: int = 14
    """For how many days windows are made ahead, today among them."""

    ADDRESS_BOOK: str | None = None
    """Dotted path of a class whose `choices(user)` gives addresses with a `district_code`: what a visitor is told is of the first one."""

    DISTRICT_COOKIE: str = "df-district"
    """Name of the cookie that keeps the district a visitor chose."""

    JQUERY_URL: str | None = Shared.JQUERY_URL
    """Where jQuery is, below STATIC_URL; None: the site has its own."""

    ORDER_SHARE: float | None = 0.25
    """How much of the grams of a window one order may take, while it is not paid too; None or 0: all of them."""

    ORDERS: str | None = None
    """Dotted path of a class that tells staff of the orders behind references, and moves them: `protocols.Orders`."""

    TASKS: str | None = Shared.TASKS
    """"celery" or "inline"; None means inline unless the site configured a Celery app."""


conf = Settings()
