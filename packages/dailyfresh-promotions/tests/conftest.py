from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from dailyfresh_core.testing.languages import english as english  # autouse
from dailyfresh_promotions import services
from dailyfresh_promotions.models import Batch, Coupon, Limit, Rule
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone
from minisite.models import Book


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    """No allowance was used by the tests before."""
    cache.clear()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def book(db: None) -> Callable[..., str]:
    """Makes a book; its sku_id."""

    def make(price: str = "50.00", title: str = "Ulysses", genre: str = "novel") -> str:
        return str(Book.objects.create(title=title, price=Decimal(price), genre=genre).pk)

    return make


@pytest.fixture
def rule(db: None) -> Callable[..., Rule]:
    """Makes an offer: ¥10 off from ¥100 unless said otherwise; `budget` and `items` are rows of their own."""

    def make(kind: str = "off", params: Any = None, *, budget: Any = None, items: Any = (), **more: Any) -> Rule:
        params = {"tiers": [["100.00", "10.00"]]} if params is None else params
        made = Rule.objects.create(name=more.pop("name", "m"), kind=kind, params=params, **more)
        if budget:
            Limit.objects.create(rule=made, **budget)
        for item in items:
            Limit.objects.create(rule=made, **item)
        return made

    return make


@pytest.fixture
def batch(db: None) -> Callable[..., Batch]:
    """Makes a batch of coupons: ¥20 off unless said otherwise."""

    def make(kind: str = "off", params: Any = None, **more: Any) -> Batch:
        params = {"tiers": [["0", "20.00"]]} if params is None else params
        return Batch.objects.create(
            name=more.pop("name", "c"), kind=kind, params=params, shown=more.pop("shown", True), **more
        )

    return make


@pytest.fixture
def coupon(batch: Callable[..., Batch]) -> Callable[..., Coupon]:
    """A coupon in somebody's wallet, of a batch of its own."""

    def make(user: Any, **more: Any) -> Coupon:
        return services.issue(user=user, batch_id=batch(**more).pk, at=timezone.now())

    return make


@pytest.fixture
def buyer(db: None) -> User:
    return User.objects.create_user("molly", password="yes-i-said-yes")


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("leopold", password="yes-i-said-yes")
