"""The mini-site as a real process sees it: its database comes from the environment."""

import os

from dailyfresh_core.testing import database

from .settings import *  # noqa: F403

DATABASES = {
    "default": database(
        os.environ["MINISITE_DATABASE_URL"], isolation=os.environ.get("MINISITE_ISOLATION", "read committed")
    )
}
