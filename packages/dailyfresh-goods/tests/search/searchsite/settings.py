"""A foreign site with the catalogue and its search."""

import os
import tempfile
from pathlib import Path

from dailyfresh_core.testing import database
from minisite.settings import *  # noqa: F403

ROOT_URLCONF = "searchsite.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "dailyfresh_goods.search", "haystack"]  # noqa: F405
MIDDLEWARE = ["searchsite.urls.strict_policy", *MIDDLEWARE]  # noqa: F405
INDEX = Path(os.environ.get("SEARCH_INDEX") or tempfile.mkdtemp(prefix="dailyfresh-search-"))
NAME_OF_ENGINE = os.environ.get("SEARCH_ENGINE", "whoosh")
HAYSTACK_CONNECTIONS = {
    "default": {
        "ENGINE": f"dailyfresh_goods.search.engines.{NAME_OF_ENGINE}.Engine",
        "PATH": str(INDEX / NAME_OF_ENGINE),
    }
}
HAYSTACK_LIMIT_TO_REGISTERED_MODELS = False
if REDIS_URL:  # noqa: F405
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "redis": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": REDIS_URL},  # noqa: F405
    }
# A file: threads that share a database in memory lock each other out of its tables.
if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": INDEX / "test.sqlite3"}  # noqa: F405
if address := os.environ.get("SEARCH_DATABASE"):
    DATABASES = {"default": database(address)}
# What a search finds must not hang on how busy the machine is.
DAILYFRESH_GOODS = {**DAILYFRESH_GOODS, "SEARCH_SECONDS": 60.0}  # noqa: F405
