import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from dailyfresh_cart.stores.base import CartStore, Owner
from dailyfresh_cart.stores.database import DatabaseStore
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import override
from minisite.models import Book


def service(name: str) -> str:
    """The address of a real service from the environment; a test that needs one and finds none skips."""
    if address := os.environ.get(name, ""):
        return address
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"needs {name}")
    pytest.skip(f"needs {name}")


@pytest.fixture(scope="session")
def redis_url() -> str:
    return service("REDIS_URL")


@pytest.fixture(params=["redis", "database"])
def any_store(request: pytest.FixtureRequest) -> str:
    """Runs a test once per store that a user alone can reach."""
    return str(request.param)


@pytest.fixture
def in_redis(redis_url: str, settings: Any) -> Iterator[CartStore]:
    """The site keeps its carts in Redis, under a prefix of this test's own."""
    from dailyfresh_cart.stores.redis import RedisStore

    prefix = f"test{os.getpid()}"
    options = {"url": redis_url, "prefix": prefix}
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {
        "STORE": {"BACKEND": "dailyfresh_cart.stores.redis.RedisStore", "OPTIONS": options}
    }
    store = RedisStore(**options)
    yield store
    for key in store.client.scan_iter(match=f"{prefix}:*"):
        store.client.delete(key)


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


@pytest.fixture
def store() -> CartStore:
    return DatabaseStore()


@pytest.fixture
def owner() -> Owner:
    return Owner("u:1")


JSON = {"accept": "application/json"}


def ask(client: Client, name: str, **data: Any) -> dict[str, Any]:
    """One AJAX request as the cart's scripts send it -> the envelope, with its status."""
    from django.urls import reverse

    url = reverse(f"dailyfresh_cart:{name}")
    send = client.get if name in ("lines", "mini", "count", "visitor") else client.post
    response = send(url, data, headers=JSON)
    return {"status": response.status_code, **response.json()}


__all__ = ["override"]
