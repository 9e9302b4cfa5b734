"""A site that sells downloads under UUIDs, in euros, with offers: no stock, no address, no freight; no package brings an extra."""

from startproject import *  # noqa: F403
from startproject import BASE_DIR, DAILYFRESH, DATABASES, INSTALLED_APPS

ROOT_URLCONF = "downloads_site.urls"
DATABASES["default"]["TEST"] = {
    "NAME": BASE_DIR / "downloads.sqlite3"
}  # a file: taking the packages out is another process
LOGIN_URL = "/admin/login/"
INSTALLED_APPS = [*INSTALLED_APPS, "downloads_site"]

# The shop.
INSTALLED_APPS += ["dailyfresh_core", "dailyfresh_cart", "dailyfresh_promotions", "dailyfresh_orders"]
DAILYFRESH = {**DAILYFRESH, "CURRENCY": "EUR"}
DAILYFRESH_CART = {
    "CATALOGUE": "downloads_site.joins.Catalogue",
    "PROMOTIONS": "dailyfresh_promotions.offers.Promotions",
    "STORE": {"BACKEND": "dailyfresh_cart.stores.database.DatabaseStore"},
    "CHECKOUT_URL": "dailyfresh_orders:confirm",
}
DAILYFRESH_ORDERS = {
    "CATALOGUE": "downloads_site.joins.Catalogue",
    "PROMOTIONS": "dailyfresh_promotions.offers.Promotions",
    "BASKET": "dailyfresh_cart.basket.Basket",
    "GATEWAYS": {"till": {"BACKEND": "till.Till"}},
}
