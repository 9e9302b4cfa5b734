"""How often the store and the database are asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from conftest import ask
from dailyfresh_cart.basket import Basket
from dailyfresh_core.testing.nodes import nodes_rendered
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.connection import AbstractConnection

OTHERS = ("django_session", "auth_user", "SAVEPOINT")


class Asked:
    round_trips = 0
    statements: list[str]


@contextmanager
def asked() -> Iterator[Asked]:
    """Counts round trips to Redis, and statements beyond session, user and transactions."""
    count, send = Asked(), AbstractConnection.send_packed_command

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        count.round_trips += 1
        return send(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch, CaptureQueriesContext(connection) as captured:
        patch.setattr(AbstractConnection, "send_packed_command", counted)
        yield count
    count.statements = [one["sql"] for one in captured if not any(other in one["sql"] for other in OTHERS)]


@pytest.fixture
def shelf(in_redis: Any, book: Any) -> list[str]:
    return [str(book(f"Volume {n}").pk) for n in range(60)]


@pytest.fixture(params=[1, 10, 50])
def filled(request: pytest.FixtureRequest, shopper: Client, buyer: User, shelf: list[str]) -> int:
    Basket().add(buyer, dict.fromkeys(shelf[: request.param], 1))
    for url in ("/shop/basket/", "/shop/basket/mini/"):  # the scripts are known to the server, the connection is open
        shopper.get(url)
    ask(shopper, "add", sku_id=shelf[0])
    return int(request.param)


def test_the_page_asks_each_once_whatever_the_lines(shopper: Client, filled: int) -> None:
    with asked() as count:
        html = shopper.get("/shop/basket/").content.decode()
    assert html.count("data-cart-line=") == filled
    assert count.round_trips == 1
    assert len(count.statements) == 1


@pytest.mark.parametrize("url", ["/shop/basket/", "/shop/basket/mini/"])
def test_a_line_that_was_drawn_before_takes_few_nodes(shopper: Client, buyer: User, shelf: list[str], url: str) -> None:
    numbers = []
    for lines in (shelf[:2], shelf[:4]):
        Basket().add(buyer, dict.fromkeys(lines, 1))
        with nodes_rendered() as drawn:
            shopper.get(url)
        with nodes_rendered() as again:
            shopper.get(url)
        numbers.append((drawn.number, again.number))
    (first, few), (second, more) = numbers
    assert more - few <= 2 * 8
    assert second - few > 2 * 40  # else nothing is counted


@pytest.mark.parametrize("url", ["/shop/basket/", "/shop/basket/mini/", "/shop/basket/lines/?page=1"])
def test_offers_add_only_what_their_provider_asks_itself(shopper: Client, filled: int, settings: Any, url: str) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {"PROMOTIONS": "dailyfresh_core.testing.offers.TenOffHundred"}
    with asked() as count:
        assert shopper.get(url, headers={"accept": "application/json"}).status_code == 200
    assert count.round_trips == 1
    # Where the site has requests in transactions, a savepoint keeps an error of the provider's to itself.
    assert len(count.statements) == 1


def test_the_badge_asks_the_store_once_and_the_database_never(shopper: Client, filled: int) -> None:
    for name in ("visitor", "count"):
        with asked() as count:
            assert ask(shopper, name)["ok"]
        assert (count.round_trips, count.statements) == (1, [])


def test_adding_asks_each_once(shopper: Client, filled: int, shelf: list[str]) -> None:
    for sku_id in (shelf[0], shelf[55]):
        with asked() as count:
            assert ask(shopper, "add", sku_id=sku_id)["ok"]
        assert count.round_trips == 1
        assert len(count.statements) == 1


def test_a_refused_add_asks_no_more_than_one_that_is_not(shopper: Client, filled: int, shelf: list[str]) -> None:
    with asked() as count:
        assert ask(shopper, "add", sku_id=shelf[0], quantity=50)["code"] == "out_of_stock"
    assert (count.round_trips, len(count.statements)) == (1, 1)


@pytest.mark.parametrize("name", ["set", "remove", "select"])
def test_every_change_of_the_page_asks_twice_at_most(shopper: Client, filled: int, shelf: list[str], name: str) -> None:
    with asked() as count:
        assert ask(shopper, name, sku_id=shelf[0], quantity=2, selected=0, page=1)["ok"]
    assert count.round_trips <= 2
    assert len(count.statements) == 1


def test_the_mini_cart_asks_each_once(shopper: Client, filled: int) -> None:
    with asked() as count:
        assert ask(shopper, "mini")["ok"]
    assert (count.round_trips, len(count.statements)) == (1, 1)


def test_a_visitor_without_a_cart_asks_nobody(client: Client, shelf: list[str]) -> None:
    with asked() as count:
        assert ask(client, "visitor")["ok"]
        assert client.get("/shop/basket/").status_code == 200
    assert (count.round_trips, count.statements) == (0, [])


def test_settling_and_reading_for_a_checkout_ask_once(buyer: User, filled: int, shelf: list[str]) -> None:
    with asked() as count:
        Basket().lines(buyer, shelf)
        Basket().settle(buyer, {shelf[0]: 1}, "o1")
    assert (count.round_trips, count.statements) == (2, [])
