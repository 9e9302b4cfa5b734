"""SQLite unless DATABASE_URL names a MariaDB: one parser for the mini-site, its processes and the bench."""

import os
import tempfile
from typing import Any
from urllib.parse import unquote, urlsplit


def mariadb(url: str) -> dict[str, Any]:
    """Django's settings for `mysql://user:password@host:port/name`."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.mysql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or 3306),
        "OPTIONS": {
            "charset": "utf8mb4",
            "isolation_level": os.environ.get("MINISITE_ISOLATION", "read committed"),
        },
    }


def databases(*, atomic_requests: bool) -> dict[str, Any]:
    url = os.environ.get("MINISITE_DATABASE_URL", "")
    if url:
        chosen = mariadb(url)
    else:
        chosen = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(tempfile.gettempdir(), "dailyfresh-orders-minisite.sqlite3"),
            "OPTIONS": {"transaction_mode": "IMMEDIATE"},
        }
    return {"default": chosen | {"ATOMIC_REQUESTS": atomic_requests}}
