"""A foreign site with strict habits and no service of its own: accounts are a guest here.

`MINISITE_USER_MODEL` chooses whose accounts they are: `dailyfresh_users.User` (the default),
`auth.User`, as in a site that existed before, or `minisite.Member`. The whole suite runs on each.
"""

import os
from pathlib import Path

from dailyfresh_core.testing import database
from dailyfresh_core.testing.mailbox import mail

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


vars().update(mail("locmem"))
