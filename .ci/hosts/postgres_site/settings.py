"""A new site on PostgreSQL with the whole shop: accounts, goods, cart and orders of the suite. POSTGRES_URL says where."""

import os

from dailyfresh_core.testing import database
from startproject import *  # noqa: F403
from startproject import INSTALLED_APPS, MIDDLEWARE

ROOT_URLCONF = "postgres_site.urls"
DATABASES = {"default": database(os.environ.get("POSTGRES_URL", ""))}
if os.environ.get("POSTGRES_URL"):
    DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=5s"  # as check W006 asks

# As the READMEs say.
AUTH_USER_MODEL = "dailyfresh_users.User"
LOGIN_URL = "dailyfresh_users:login"
INSTALLED_APPS += ["dailyfresh_core", "dailyfresh_users", "dailyfresh_goods", "dailyfresh_cart", "dailyfresh_orders"]
MIDDLEWARE = [*MIDDLEWARE, "dailyfresh_users.middleware.SessionMiddleware"]
DAILYFRESH_USERS = {"SITE_NAME": "Corner Shop"}
DAILYFRESH_GOODS = {"CACHE": None, "BUY_URL": "dailyfresh_orders:confirm"}
DAILYFRESH_CART = {
    "CATALOGUE": "dailyfresh_goods.catalogue.Catalogue",
    "STORE": {"BACKEND": "dailyfresh_cart.stores.database.DatabaseStore"},
    "CHECKOUT_URL": "dailyfresh_orders:confirm",
}
DAILYFRESH_ORDERS = {
    "CATALOGUE": "dailyfresh_goods.catalogue.Catalogue",
    "BASKET": "dailyfresh_cart.basket.Basket",
    "ADDRESS_BOOK": "dailyfresh_users.addresses.AddressBook",
    "STOCK": {
        "BACKEND": "dailyfresh_orders.stock.conditional.ConditionalStock",
        "OPTIONS": {"model": "dailyfresh_goods.SKU", "sales_field": "sales", "available_filter": {"on_sale": True}},
    },
    "GATEWAYS": {"cod": {"BACKEND": "dailyfresh_orders.gateways.cod.CashOnDelivery"}},
}
