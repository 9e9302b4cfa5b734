"""The mini-site as a real process sees it: its database comes from the environment."""

import os

from dailyfresh_core.testing import database

from .settings import *  # noqa: F403

DAILYFRESH_PROMOTIONS = {**DAILYFRESH_PROMOTIONS, "GATE": os.environ.get("MINISITE_GATE")}  # noqa: F405
DATABASES = {
    "default": database(
        os.environ["MINISITE_DATABASE_URL"], isolation=os.environ.get("MINISITE_ISOLATION", "read committed")
    )
}
# Two thousand buyers before a gate that is away: what the gate says of it is no error of theirs.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"dailyfresh_promotions.gate": {"level": "ERROR"}},
}
