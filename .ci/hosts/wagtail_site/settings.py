"""A site of Wagtail whose products are its pages."""

from startproject import *  # noqa: F403
from startproject import INSTALLED_APPS

ROOT_URLCONF = "wagtail_site.urls"
LOGIN_URL = "wagtailadmin_login"
WAGTAIL_SITE_NAME = "Books"
WAGTAILADMIN_BASE_URL = "http://localhost"
INSTALLED_APPS = [
    "wagtail_site",
    *[f"wagtail.{name}" for name in ("users", "images", "documents", "search", "admin")],
    "wagtail",
    "modelcluster",
    "taggit",
    *INSTALLED_APPS,
]

# The shop.
INSTALLED_APPS += ["dailyfresh_core", "dailyfresh_cart", "dailyfresh_orders"]
DAILYFRESH_CART = {
    "CATALOGUE": "wagtail_site.joins.Catalogue",
    "STORE": {"BACKEND": "dailyfresh_cart.stores.database.DatabaseStore"},
    "CHECKOUT_URL": "dailyfresh_orders:confirm",
}
DAILYFRESH_ORDERS = {
    "CATALOGUE": "wagtail_site.joins.Catalogue",
    "BASKET": "dailyfresh_cart.basket.Basket",
    "ADDRESS_BOOK": "wagtail_site.joins.AddressBook",
    "STOCK": {
        "BACKEND": "dailyfresh_orders.stock.pessimistic.PessimisticStock",
        "OPTIONS": {"model": "wagtail_site.BookPage", "stock_field": "copies"},
    },
    "GATEWAYS": {"cod": {"BACKEND": "dailyfresh_orders.gateways.cod.CashOnDelivery"}},
}
