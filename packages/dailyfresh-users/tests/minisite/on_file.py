"""The mini-site for tests that need several processes."""

import os

from dailyfresh_core.testing.mailbox import smtp

from .settings import *  # noqa: F403

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["MINISITE_DATABASE"],
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=DELETE"},
    }
}
vars().update(smtp(int(os.environ.get("MINISITE_SMTP_PORT", "25")), timeout=30))
