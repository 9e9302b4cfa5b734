"""The settings of dailyfresh-delivery, each with its default: `DAILYFRESH_DELIVERY = {...}` in Django's settings."""

from dailyfresh_core.conf import Conf, Shared

NAME = "DAILYFRESH_DELIVERY"


class Settings(Conf, name=NAME):
    DAYS: int = 14
    """For how many days windows are made ahead, today among them."""

    TASKS: str | None = Shared.TASKS
    """"celery" or "inline"; None means inline unless the site configured a Celery app."""


conf = Settings()
