"""The mini-site on a real MariaDB, for races between processes."""

import os
from urllib.parse import urlsplit

from .settings import *  # noqa: F403
from .settings import mail

_url = urlsplit(os.environ["DATABASE_URL"])
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": _url.path.lstrip("/"),
        "HOST": _url.hostname,
        "PORT": _url.port or 3306,
        "USER": _url.username,
        "PASSWORD": _url.password or "",
        "OPTIONS": {"charset": "utf8mb4", "isolation_level": os.environ.get("MINISITE_ISOLATION", "read committed")},
        "TEST": {"NAME": f"users_races_{os.getpid()}", "CHARSET": "utf8mb4"},
    }
}
DAILYFRESH_USERS = {"ADDRESS_LIMIT": 5, "TASKS": "celery"}
vars().update(mail("locmem"))
