"""The mini-site on a real MariaDB or PostgreSQL, for races between processes."""

import os

from dailyfresh_core.testing import database

from .settings import *  # noqa: F403
from .settings import mail

DATABASES = {
    "default": database(
        os.environ["DATABASE_URL"],
        isolation=os.environ["MINISITE_ISOLATION"],
        TEST={"NAME": f"users_races_{os.getpid()}", "CHARSET": None},
    )
}
DAILYFRESH_USERS = {"ADDRESS_LIMIT": 5, "TASKS": "celery"}
# Where Celery without an app of its own looks; else each call waits for a broker.
os.environ["CELERY_BROKER_URL"] = "memory://"
vars().update(mail("locmem"))
