"""The mini-site as a real process sees it: its store and its database come from the environment."""

import json
import os

from dailyfresh_core.testing import database

from .settings import *  # noqa: F403
from .settings import DAILYFRESH_CART

DAILYFRESH_CART = DAILYFRESH_CART | {"STORE": json.loads(os.environ["RACING_STORE"])}
DAILYFRESH_CART["CATALOGUE"] = "minisite.shelf.Catalogue"
DATABASES = {
    "default": database(
        os.environ.get("MINISITE_DATABASE_URL", ""), isolation=os.environ.get("MINISITE_ISOLATION", "read committed")
    )
}
