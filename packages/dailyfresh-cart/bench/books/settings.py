"""A bookshop as `startproject` makes it, with the cart in it: carts in Redis, books in MariaDB."""

import os

from ..site import *  # noqa: F403
from ..site import DATABASE

DATABASES = {"default": DATABASE}
ROOT_URLCONF = "minisite.urls"
LOGIN_URL = "/sign-in/"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "dailyfresh_core",
    "dailyfresh_cart",
    "minisite",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
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
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DAILYFRESH_CART = {
    "CATALOGUE": "minisite.books.Catalogue",
    "STORE": {
        "BACKEND": "dailyfresh_cart.stores.redis.RedisStore",
        "OPTIONS": {"url": os.environ["REDIS_URL"], "prefix": os.environ["BENCH_PREFIX"]},
    },
    "CHECKOUT_URL": "checkout",
    "FREE_DELIVERY_FROM": "59",
    "MAX_QUANTITY": 1_000_000_000,  # an add that is refused costs less
}
