"""The mini-site as a running stack: a database and a Redis that several processes share, a broker and a worker."""

import os
from pathlib import Path

from dailyfresh_core.testing import database
from minisite.settings import *  # noqa: F403
from minisite.settings import DAILYFRESH_GOODS

FOLDER = Path(os.environ["FRESHNESS_DIR"])
DATABASES = {"default": database(os.environ["FRESHNESS_DATABASE"])}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": os.environ["REDIS_URL"],
        "KEY_PREFIX": "goods-freshness",
    }
}
DAILYFRESH_GOODS = {
    **DAILYFRESH_GOODS,
    "TASKS": "celery",
    "DEBOUNCE": 0.3,
    "PAGE_SIZE": 4,
    "CACHE_SECONDS": 5,
    "PAGES": {"BACKEND": "dailyfresh_goods.pages.disk.DiskPages", "OPTIONS": {"root": FOLDER / "pages"}},
}
CELERY_BROKER_URL = os.environ.get("BROKER_URL") or os.environ["REDIS_URL"]
LOGGING = {"version": 1, "loggers": {"django.request": {"level": "ERROR"}}}
