"""A site for learning: courses under slugs, a base template with other block names, every page behind a sign-in."""

from startproject import *  # noqa: F403
from startproject import DAILYFRESH, INSTALLED_APPS, MIDDLEWARE

ROOT_URLCONF = "learning_site.urls"
LOGIN_URL = "login"
INSTALLED_APPS = ["learning_site", *INSTALLED_APPS]
MIDDLEWARE = [*MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"]

# The shop.
INSTALLED_APPS += ["dailyfresh_core", "dailyfresh_cart", "dailyfresh_orders"]
DAILYFRESH = {**DAILYFRESH, "CURRENCY": "JPY"}
DAILYFRESH_CART = {
    "CATALOGUE": "learning_site.joins.Catalogue",
    "STORE": {"BACKEND": "dailyfresh_cart.stores.database.DatabaseStore"},
    "CHECKOUT_URL": "dailyfresh_orders:confirm",
}
DAILYFRESH_ORDERS = {
    "CATALOGUE": "learning_site.joins.Catalogue",
    "BASKET": "dailyfresh_cart.basket.Basket",
    "GATEWAYS": {"till": {"BACKEND": "till.Till"}},
}
