"""What both sites have in common: the servers they use, and what Django's own project template sets."""

import os
from typing import Any
from urllib.parse import unquote, urlsplit

SECRET_KEY = "bench"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_parts = urlsplit(os.environ["BENCH_DATABASE"])
DATABASE: dict[str, Any] = {
    "ENGINE": "django.db.backends.mysql",
    "NAME": _parts.path.lstrip("/"),
    "USER": unquote(_parts.username or ""),
    "PASSWORD": unquote(_parts.password or ""),
    "HOST": _parts.hostname,
    "PORT": str(_parts.port or 3306),
    "CONN_MAX_AGE": None,
    "OPTIONS": {"charset": "utf8mb4"},
}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": os.environ["REDIS_URL"],
        "KEY_PREFIX": os.environ["BENCH_PREFIX"],
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
}
