"""A foreign site with the catalogue and its search."""

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

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
DATABASES["default"] |= {"OPTIONS": {"timeout": 20}, "TEST": {"NAME": INDEX / "test.sqlite3"}}  # noqa: F405
name = os.environ.get("SEARCH_DATABASE", "")
if name.startswith("mysql:"):
    parts = urlsplit(name)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.mysql",
            "NAME": parts.path[1:],
            "USER": parts.username,
            "PASSWORD": parts.password,
            "HOST": parts.hostname,
            "PORT": parts.port,
            "OPTIONS": {"charset": "utf8mb4"},
        }
    }
elif name:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "ATOMIC_REQUESTS": True,
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
        }
    }
