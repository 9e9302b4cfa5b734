"""A site that sells downloads under UUIDs, in euros: no stock, no address, no freight; no package brings an extra."""

from startproject import *  # noqa: F403
from startproject import DAILYFRESH, INSTALLED_APPS

ROOT_URLCONF = "downloads_site.urls"
LOGIN_URL = "/admin/login/"
INSTALLED_APPS = [*INSTALLED_APPS, "downloads_site"]

# The shop.
INSTALLED_APPS += ["dailyfresh_core", "dailyfresh_cart", "dailyfresh_orders"]
DAILYFRESH = {**DAILYFRESH, "CURRENCY": "EUR"}
DAILYFRESH_CART = {
    "CATALOGUE": "downloads_site.joins.Catalogue",
    "STORE": {"BACKEND": "dailyfresh_cart.stores.database.DatabaseStore"},
    "CHECKOUT_URL": "dailyfresh_orders:confirm",
}
DAILYFRESH_ORDERS = {
    "CATALOGUE": "downloads_site.joins.Catalogue",
    "BASKET": "dailyfresh_cart.basket.Basket",
    "GATEWAYS": {"till": {"BACKEND": "till.Till"}},
}
