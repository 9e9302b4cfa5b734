"""Is everything switched on that makes a request cheap, and is there a Redis that the store can use?

What is switched off works as well, only slower, and nobody sees why.
"""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import connection
from django_redis import get_redis_connection
from redis import Redis, RedisError


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


def check_redis(**_kwargs: Any) -> list[CheckMessage]:
    """Asks the servers, so only when a deployment is checked. One that does not answer is for the health pages to tell."""
    clients = {"carts": get_redis_connection("cart"), "cache": get_redis_connection("default")}
    if settings.CELERY_BROKER_URL.startswith("redis"):
        clients["broker"] = Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=1, socket_connect_timeout=1)
    found: list[CheckMessage] = []
    for role, client in clients.items():
        try:
            refused = client.info("cluster").get("cluster_enabled") == 1
        except RedisError:
            continue
        if refused:
            said = f"The Redis of the {role} is a node of a Cluster."
            hint = (
                "Keys that are asked for together lie on several nodes there (a page and its versions, the histories of a merge), and "
                "Celery knows no Cluster: name one server, or the masters of REDIS_SENTINELS."
            )
            found.append(Error(said, hint=hint, id="deploy.E001"))
    return found
