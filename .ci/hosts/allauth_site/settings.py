"""A site whose people sign in by allauth, with accounts older than the shop; addresses come from dailyfresh-users, beside auth.User."""

from startproject import *  # noqa: F403
from startproject import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "allauth", "allauth.account", "allauth_site"]
MIDDLEWARE = [*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ROOT_URLCONF = "allauth_site.urls"
LOGIN_URL = "account_login"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]

# The shop.
INSTALLED_APPS += ["dailyfresh_core", "dailyfresh_users", "dailyfresh_cart", "dailyfresh_orders"]
MIDDLEWARE += ["dailyfresh_users.middleware.SessionMiddleware"]
DAILYFRESH_CART = {
    "CATALOGUE": "allauth_site.joins.Catalogue",
    "STORE": {"BACKEND": "dailyfresh_cart.stores.database.DatabaseStore"},
    "CHECKOUT_URL": "dailyfresh_orders:confirm",
}
DAILYFRESH_ORDERS = {
    "CATALOGUE": "allauth_site.joins.Catalogue",
    "BASKET": "dailyfresh_cart.basket.Basket",
    "ADDRESS_BOOK": "dailyfresh_users.addresses.AddressBook",
    "STOCK": {
        "BACKEND": "dailyfresh_orders.stock.conditional.ConditionalStock",
        "OPTIONS": {"model": "allauth_site.Book", "stock_field": "copies"},
    },
    "GATEWAYS": {"cod": {"BACKEND": "dailyfresh_orders.gateways.cod.CashOnDelivery"}},
}
