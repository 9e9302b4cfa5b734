"""A foreign site with strict habits and no service of its own: accounts are a guest here.

`MINISITE_USER_MODEL` chooses whose accounts they are: `dailyfresh_users.User` (the default),
`auth.User`, as in a site that existed before, or `minisite.Member`. The whole suite runs on each.
"""

import os
from pathlib import Path

import django
from dailyfresh_core.testing import database

BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY = "only-for-tests"
DEBUG = False
ALLOWED_HOSTS = ["testserver", "shop.example"]
ROOT_URLCONF = "minisite.urls"
AUTH_USER_MODEL = os.environ.get("MINISITE_USER_MODEL", "dailyfresh_users.User")
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "dailyfresh_core",
    "dailyfresh_users",
    "minisite",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "dailyfresh_users.middleware.SessionMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": database(
        os.environ.get("MINISITE_DATABASE_URL", ""),
        isolation=os.environ.get("MINISITE_ISOLATION", "read committed"),
        ATOMIC_REQUESTS=True,
    )
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
TIME_ZONE = "Asia/Shanghai"
CSRF_USE_SESSIONS = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
STATIC_URL = "/static/"
LOGIN_URL = "dailyfresh_users:login"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "nickname", "email", "mail"]},
    },
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator"},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
]
DAILYFRESH_USERS = {"SITE_NAME": "Corner Shop"}


def mail(backend: str, **options: object) -> dict[str, object]:
    """The settings of a mail backend, as this Django wants them."""
    path = f"django.core.mail.backends.{backend}.EmailBackend"
    if django.VERSION >= (6, 1):
        return {"MAILERS": {"default": {"BACKEND": path, "OPTIONS": options}}}
    return {"EMAIL_BACKEND": path, **{f"EMAIL_{name.upper()}": value for name, value in options.items()}}


def smtp(port: int, timeout: float | None = 5) -> dict[str, object]:
    """The settings for a mail server on this machine."""
    return mail("smtp", host="127.0.0.1", port=port, timeout=timeout)


vars().update(mail("locmem"))
