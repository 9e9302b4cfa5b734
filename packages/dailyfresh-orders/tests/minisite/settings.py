"""Somebody else's site: the package is a guest here, under rules of the house."""

import os
import tempfile
from pathlib import Path

from dailyfresh_core.testing import database
from dailyfresh_core.testing.mailbox import mail, smtp

SECRET_KEY = "of the mini-site"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "minisite.urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
TIME_ZONE = "Asia/Shanghai"
CSRF_USE_SESSIONS = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
STATIC_URL = "/static/"
MEDIA_ROOT = os.environ.get("MINISITE_MEDIA", str(Path(__file__).parent / "media"))
MEDIA_URL = "/media/"
LOGIN_URL = "/log-in/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

vars().update(smtp(int(os.environ["MINISITE_SMTP"]), timeout=120) if "MINISITE_SMTP" in os.environ else mail("locmem"))

DATABASES = {
    "default": database(
        os.environ.get("MINISITE_DATABASE_URL")
        or f"sqlite:///{tempfile.gettempdir()}/dailyfresh-orders-minisite.sqlite3",
        isolation=os.environ.get("MINISITE_ISOLATION", "read committed"),
        ATOMIC_REQUESTS=True,
    )
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "dailyfresh_core",
    "dailyfresh_orders",
    "dailyfresh_orders.fulfilment",
    "minisite.shop",
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

DAILYFRESH_ORDERS = {
    # Races and proofs order what they like; `test_limits` has the limits of a shop.
    "OPEN_UNPAID": None,
    "OPEN_ON_DELIVERY": None,
    "OPEN_ON_DELIVERY_TOTAL": None,
    "PIECES": None,
    "CATALOGUE": "minisite.shop.joins.Catalogue",
    "BASKET": "minisite.shop.joins.Basket",
    "ADDRESS_BOOK": "minisite.shop.joins.AddressBook",
    "PROMOTIONS": os.environ.get("MINISITE_PROMOTIONS"),
    "DELIVERY": os.environ.get("MINISITE_DELIVERY"),
    "STOCK": {
        "BACKEND": os.environ.get("MINISITE_STOCK", "dailyfresh_orders.stock.conditional.ConditionalStock"),
        "OPTIONS": {
            "model": "shop.Product",
            "stock_field": "pieces",
            "sales_field": "sold",
            "available_filter": {"for_sale": True},
        },
    },
    "FREIGHT": {
        "BACKEND": "dailyfresh_orders.freight.flat.FreeFromFreight",
        "OPTIONS": {"amount": "10.00", "free_from": "59.00"},
    },
    "GATEWAYS": {
        "voucher": {"BACKEND": "dailyfresh_orders.testing.Voucher"},
        "cod": {"BACKEND": "dailyfresh_orders.gateways.cod.CashOnDelivery"},
    },
}
