"""The store under test: the real composition, with mails and pictures in memory and drains run on commit."""

import os
import tempfile

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="dailyfresh-"))

from .base import *  # noqa: F403
from .base import DAILYFRESH, DAILYFRESH_GOODS, INSTALLED_APPS, STORAGES, VAR_DIR

(VAR_DIR / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a folder that is not there
SECRET_KEY = "of the tests"  # noqa: S105
INSTALLED_APPS = [*INSTALLED_APPS, "demo", "django_fdfs_storage.named"]
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
MAILS_DIR = VAR_DIR / "mails"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DAILYFRESH["TASKS"] = "inline"
DAILYFRESH_GOODS["SEARCH_SECONDS"] = 60.0  # what a search finds must not hang on how busy the machine is
