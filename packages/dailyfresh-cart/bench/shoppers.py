"""Signed-in browsers, made without a browser: what both sites write into requests.txt before they are measured."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.test import Client

SHOPPERS, PAGES, BEFORE = 8, (1, 10, 50), 9
"""Shoppers to each request, the sizes of cart whose page is asked for, and the lines before the one that is added."""
PRODUCTS = 10_000


def requests(fill: Callable[[Any, int], None], page: str, add: str, data: dict[str, str]) -> Iterable[str]:
    """Lines of requests.txt: name, method, path, headers' values and body, parted by tabs.

    `fill(user, n)` puts n products into the user's cart; `add` and `data` are what adds the product after BEFORE others.
    """
    for lines in PAGES:
        for cookies, _token in _browsers(f"reader{lines}-", fill, lines):
            yield "\t".join((f"page {lines}", "GET", page, cookies, ""))
    for cookies, token in _browsers("adder", fill, BEFORE):
        yield "\t".join(("add", "POST", add, cookies, urlencode(data | {"csrfmiddlewaretoken": token})))


def _browsers(name: str, fill: Callable[[Any, int], None], lines: int) -> Iterable[tuple[str, str]]:
    """The Cookie header and the CSRF token of each shopper: a session in the database, as signing in makes it."""
    for n in range(SHOPPERS):
        user = get_user_model().objects.create_user(f"{name}{n}", f"{name}{n}@example.com", "no-i-said-no")
        fill(user, lines)
        client, asked = Client(), HttpRequest()
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        token = get_token(asked)
        yield f"sessionid={client.cookies['sessionid'].value}; csrftoken={asked.META['CSRF_COOKIE']}", token
