"""A site with accounts under UUIDs, `AutoField`, naive times and its shop below a prefix; addresses from dailyfresh-users on that model."""

from startproject import *  # noqa: F403
from startproject import INSTALLED_APPS, MIDDLEWARE

ROOT_URLCONF = "odd_site.urls"
AUTH_USER_MODEL = "odd_site.Person"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
TIME_ZONE = "Europe/Dublin"
CSRF_USE_SESSIONS = True
LOGIN_URL = "dailyfresh_users:login"
INSTALLED_APPS = [*INSTALLED_APPS, "odd_site"]

# The shop.
INSTALLED_APPS += ["dailyfresh_core", "dailyfresh_users", "dailyfresh_cart", "dailyfresh_orders"]
MIDDLEWARE = [*MIDDLEWARE, "dailyfresh_users.middleware.SessionMiddleware"]
DAILYFRESH_CART = {
    "CATALOGUE": "odd_site.joins.Catalogue",
    "STORE": {"BACKEND": "dailyfresh_cart.stores.database.DatabaseStore"},
    "CHECKOUT_URL": "dailyfresh_orders:confirm",
}
DAILYFRESH_ORDERS = {
    "CATALOGUE": "odd_site.joins.Catalogue",
    "BASKET": "dailyfresh_cart.basket.Basket",
    "ADDRESS_BOOK": "dailyfresh_users.addresses.AddressBook",
    "STOCK": {
        "BACKEND": "dailyfresh_orders.stock.optimistic.OptimisticStock",
        "OPTIONS": {"model": "odd_site.Tin", "id_field": "code", "stock_field": "left"},
    },
    "FREIGHT": {"BACKEND": "dailyfresh_orders.freight.flat.FlatFreight", "OPTIONS": {"amount": "8.00"}},
    "GATEWAYS": {"cod": {"BACKEND": "dailyfresh_orders.gateways.cod.CashOnDelivery"}},
}
