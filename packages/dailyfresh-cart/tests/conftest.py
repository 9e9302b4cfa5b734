import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from dailyfresh_core.testing import service
from dailyfresh_core.testing.languages import english as english  # autouse
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from proxy import Proxy

pytest.register_assert_rewrite("dailyfresh_cart.testing")

from dailyfresh_cart.stores.redis import RedisStore  # noqa: E402
from minisite.models import Book  # noqa: E402

JSON = {"accept": "application/json"}
READING = ("lines", "mini", "count", "visitor")


def ask(client: Client, name: str, **data: Any) -> dict[str, Any]:
    """One AJAX request as the cart's scripts send it -> the envelope, with its status."""
    send = client.get if name in READING else client.post
    response = send(reverse(f"dailyfresh_cart:{name}"), data, headers=JSON)
    return {"status": response.status_code, **response.json()}


def quantities(client: Client) -> dict[str, int]:
    """sku_id -> quantity as the visitor sees it."""
    return {line["sku_id"]: line["quantity"] for line in ask(client, "lines")["data"]["lines"]}


def sign_in(client: Client, user: User, password: str = "yes-i-said-yes") -> None:
    """Through the door, so that the browser's cookies go along."""
    response = client.post("/sign-in/?next=/", {"username": user.username, "password": password})
    assert response.status_code == 302, response.content


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    """No allowance was used by the tests before."""
    cache.clear()


@pytest.fixture(scope="session")
def redis_url() -> str:
    return service("REDIS_URL")


@pytest.fixture
def prefix() -> str:
    return f"test{os.getpid()}"


@pytest.fixture
def in_redis(redis_url: str, prefix: str, settings: Any) -> Iterator[RedisStore]:
    """The site keeps its carts in Redis, under a prefix of this test's own."""
    options = {"url": redis_url, "prefix": prefix}
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {
        "STORE": {"BACKEND": "dailyfresh_cart.stores.redis.RedisStore", "OPTIONS": options}
    }
    store = RedisStore(**options)
    yield store
    if keys := list(store.client.scan_iter(match=f"{prefix}:*")):
        store.client.delete(*keys)


@pytest.fixture(params=["redis", "database"])
def any_store(request: pytest.FixtureRequest) -> None:
    """Runs a test once per store that a user alone can reach."""
    if request.param == "redis":
        request.getfixturevalue("in_redis")


@pytest.fixture
def behind_a_line(redis_url: str, in_redis: RedisStore, settings: Any) -> Iterator[Proxy]:
    """The site reaches Redis over a line that the test can cut, hang or lose answers on."""
    with Proxy(redis_url) as line:
        options = {"url": line.url, "timeout": 0.3, "prefix": in_redis.prefix}
        settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {
            "STORE": {"BACKEND": "dailyfresh_cart.stores.redis.RedisStore", "OPTIONS": options}
        }
        yield line


@pytest.fixture
def book(db: None) -> Callable[..., Book]:
    """Makes a book; ten copies at 29.90 unless said otherwise."""

    def make(title: str = "Ulysses", price: str = "29.90", copies: int = 10, **more: Any) -> Book:
        return Book.objects.create(title=title, price=Decimal(price), copies=copies, **more)

    return make


@pytest.fixture
def buyer(db: None) -> User:
    return User.objects.create_user("molly", password="yes-i-said-yes")


@pytest.fixture
def shopper(client: Client, buyer: User) -> Client:
    """A signed-in browser."""
    client.force_login(buyer)
    return client
