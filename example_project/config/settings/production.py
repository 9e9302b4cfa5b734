"""The store as it is deployed. Every value comes from the environment; `.env.example` says which there are."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import (
    DAILYFRESH_GOODS,
    DAILYFRESH_ORDERS,
    DATABASES,
    INSTALLED_APPS,
    MIDDLEWARE,
    SECRET_KEY,
    SITE_URL,
    VAR_DIR,
    env,
)


def patience(engine: str, seconds: int, options: str) -> dict[str, object]:
    """The connection's options for waiting at most so many seconds for an answer, 3 for a connection; 0: for ever.

    `options` are what PostgreSQL is started with already.
    """
    if not seconds:
        return {}
    if engine.endswith("mysql"):
        return {"connect_timeout": 3, "read_timeout": seconds, "write_timeout": seconds}
    milliseconds = seconds * 1000
    options = f"{options} -c statement_timeout={milliseconds}"
    return {"connect_timeout": 3, "tcp_user_timeout": milliseconds, "options": options}


if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set: a long random text that stays the same; .env.example says more.")
if not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured(f"SITE_URL must be the https address of the shop, not {SITE_URL!r}.")

INSTALLED_APPS = [*INSTALLED_APPS, "deploy"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname or ""])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])

# A connection for each thread, kept; one that the server cut is found out before it is used.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A server that hangs must not hold a visitor's thread for long; a migration may take its time.
given = DATABASES["default"].setdefault("OPTIONS", {})
given |= patience(DATABASES["default"]["ENGINE"], env.int("DATABASE_SECONDS", default=0), given.get("options", ""))
if replica := env("DATABASE_REPLICA_URL", default=""):
    # Everything but the address as the primary has it, so that both are waited for alike.
    address = env.db_url_config(replica)
    DATABASES["replica"] = DATABASES["default"] | {
        name: address[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    }
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
    DATABASE_ROUTERS = ["store.replica.Router"]
    MIDDLEWARE = [*MIDDLEWARE, "store.replica.ReplicaMiddleware"]
# Read from the cache, written to both: a cache that comes back empty signs nobody out.
SESSION_ENGINE = "store.sessions"

PAGES_DIR = env("PAGES_DIR", default=str(VAR_DIR / "pages"))
DAILYFRESH_GOODS["PAGES"] = {"BACKEND": "dailyfresh_goods.pages.disk.DiskPages", "OPTIONS": {"root": PAGES_DIR}}
DAILYFRESH_GOODS["HOST_NAME"] = env("HOST_NAME", default="")
DAILYFRESH_GOODS["RELEASE"] = env("RELEASE", default="")
DAILYFRESH_ORDERS["ALLOW_LOOPBACK_SIMULATOR"] = env.bool("ALLOW_LOOPBACK_SIMULATOR", default=False)

# Where FastDFS keeps its files, on the storage's host: what `manage.py backup DIR files` copies.
FASTDFS_DATA = env("FASTDFS_DATA", default="")

# Asked by each process of the web server before it serves anybody: whatever is imported, opened or read at the first use is then.
WARM_PATHS = ["/healthz", "/user/login/", "/cart/", "/visitor/", "/search/?q=warm"]
