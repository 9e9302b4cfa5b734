"""Who asks: a buyer for each thing that is measured, signed in without a browser."""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.test import Client

BUYERS = ("cart1", "cart10", "cart50", "add", "confirm1", "confirm10", "place1", "place10", "orders", "visitor")


def browsers(users: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Name -> what the buyer's browser brings: the Cookie header, and the CSRF token that a form sends with it."""
    brought = {}
    for name, user in users.items():
        client, asked = Client(), HttpRequest()
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        token = get_token(asked)
        cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": asked.META["CSRF_COOKIE"]}
        brought[name] = {"cookie": "; ".join(f"{key}={value}" for key, value in cookies.items()), "token": token}
    return brought
