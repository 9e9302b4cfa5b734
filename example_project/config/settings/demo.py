"""The store on one machine, under `manage.py demo`: never for anything that others can reach."""

import secrets

from .base import *  # noqa: F403
from .base import DAILYFRESH_ORDERS, INSTALLED_APPS, LOGGING, SECRET_KEY, VAR_DIR, env

INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]


def kept_secret_key() -> str:
    """A key that is drawn once and outlives restarts, so that visitors stay signed in."""
    path = VAR_DIR / "secret_key"
    try:
        if not path.exists():
            VAR_DIR.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(50))
        return path.read_text()
    except OSError:
        return secrets.token_urlsafe(50)  # `manage.py demo` says what is wrong with the folder


SECRET_KEY = SECRET_KEY or kept_secret_key()

MAILS_DIR = VAR_DIR / "mails"
if "EMAIL_URL" not in env.ENVIRON:
    EMAIL_BACKEND = "demo.mail.FolderBackend"

DAILYFRESH_ORDERS["ALLOW_LOOPBACK_SIMULATOR"] = True

CELERY_WORKER_LOG_FORMAT = CELERY_WORKER_TASK_LOG_FORMAT = "%(levelname)s %(message)s"
LOGGING["formatters"]["line"]["format"] = "%(levelname)s %(message)s"
CELERY_WORKER_REDIRECT_STDOUTS = False
