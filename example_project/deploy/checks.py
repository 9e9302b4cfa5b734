"""Is everything switched on that makes a request cheap? What is not works as well, only slower, and nobody sees why."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import connection


def check_switches(**_kwargs: Any) -> list[CheckMessage]:
    switches = [
        (
            connection.settings_dict["CONN_MAX_AGE"] == 0,
            "Each request opens a connection to the database of its own.",
            "Set CONN_MAX_AGE, in seconds.",
        ),
        (
            settings.SESSION_ENGINE == "django.contrib.sessions.backends.db",
            "Each request of a buyer asks the database for the session.",
            'SESSION_ENGINE = "store.sessions" asks the cache.',
        ),
        (
            not settings.DAILYFRESH_GOODS.get("PAGES"),
            "No page is written where the web server finds it.",
            'Name DiskPages in DAILYFRESH_GOODS["PAGES"].',
        ),
    ]
    return [Warning(said, hint=hint, id=f"deploy.W{n:03}") for n, (off, said, hint) in enumerate(switches, 1) if off]
