"""The mini-site as a real process sees it: its store and its database come from the environment."""

import json
import os
from urllib.parse import unquote, urlsplit

from .settings import *  # noqa: F403
from .settings import DAILYFRESH_CART

DAILYFRESH_CART = DAILYFRESH_CART | {"STORE": json.loads(os.environ["RACING_STORE"])}
DAILYFRESH_CART["CATALOGUE"] = "minisite.shelf.Catalogue"

if database := os.environ.get("RACING_DATABASE"):
    parts = urlsplit(database)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.mysql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname,
            "PORT": str(parts.port or 3306),
            "OPTIONS": {"isolation_level": os.environ.get("RACING_ISOLATION", "read committed")},
        }
    }
