"""A foreign site with strict habits and no service of its own."""

import os
from urllib.parse import unquote, urlsplit

SECRET_KEY = "only for tests"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django_fdfs_storage",
    "django_fdfs_storage.named",
    "minisite",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
# SQLite, unless DATABASE_URL names a server: file names must be exact on all three.
_url = urlsplit(os.environ.get("DATABASE_URL", ""))
_engine = {"mysql": "mysql", "postgresql": "postgresql", "postgres": "postgresql"}.get(_url.scheme, "sqlite3")
DATABASES = {
    "default": {
        "ENGINE": f"django.db.backends.{_engine}",
        "NAME": _url.path.lstrip("/") or ":memory:",
        "USER": unquote(_url.username or ""),
        "PASSWORD": unquote(_url.password or ""),
        "HOST": _url.hostname or "",
        "PORT": str(_url.port or ""),
        "OPTIONS": {"charset": "utf8mb4"} if _engine == "mysql" else {},
        "TEST": {"NAME": f"test_fdfs_{os.getpid()}"} if _url.scheme else {},
        "ATOMIC_REQUESTS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
CSRF_USE_SESSIONS = True
ROOT_URLCONF = "minisite.urls"
STATIC_URL = "/site/static/"
MEDIA_URL = "/site/media/"
ALLOWED_HOSTS = ["*"]
STORAGES = {
    "default": {"BACKEND": "django_fdfs_storage.storage.FastDFSStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
