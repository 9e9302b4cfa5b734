"""The site under measurement: Django's default middleware, the catalogue, and a bare view beside it."""

import os
from pathlib import Path

from dailyfresh_core.testing import database

SECRET_KEY = "bench"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bench.urls"
WSGI_APPLICATION = "bench.wsgi.application"
FOLDER = Path(os.environ["BENCH_DIR"])
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "dailyfresh_core",
    "dailyfresh_goods",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {"default": database(os.environ["BENCH_DATABASE"], CONN_MAX_AGE=None)}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": os.environ["REDIS_URL"],
        "KEY_PREFIX": f"goods-bench-{DATABASES['default']['NAME']}",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
DAILYFRESH_GOODS = {
    "SITE_URL": "http://127.0.0.1",
    "TASKS": "inline",
    "PAGES": {"BACKEND": "dailyfresh_goods.pages.disk.DiskPages", "OPTIONS": {"root": FOLDER / "pages"}},
}
LOGGING = {"version": 1, "loggers": {"django.request": {"level": "ERROR"}}}
