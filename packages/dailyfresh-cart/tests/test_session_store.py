"""A site that keeps carts in sessions: the same door, and nothing to merge."""

from typing import Any

import pytest
from conftest import ask, quantities, sign_in
from dailyfresh_cart.basket import Basket
from django.contrib.auth.models import User
from django.test import Client


@pytest.fixture(autouse=True)
def _in_sessions(settings: Any) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {
        "STORE": {"BACKEND": "dailyfresh_cart.stores.session.SessionStore"}
    }


def test_a_cart_stays_through_signing_in_and_ends_with_signing_out(client: Client, book: Any, buyer: User) -> None:
    sku_id = str(book().pk)
    assert ask(client, "add", sku_id=sku_id, quantity=2)["data"]["count"] == 1
    assert "dailyfresh_cart" not in client.cookies
    sign_in(client, buyer)
    assert quantities(client) == {sku_id: 2}
    assert ask(client, "visitor")["data"]["cart"]["lines"] == {sku_id: 2}
    removed = ask(client, "remove", sku_id=sku_id)
    assert ask(client, "restore", undo=removed["data"]["undo"])["data"]["count"] == 1
    assert client.get("/shop/basket/").status_code == 200
    client.logout()
    assert quantities(client) == {}


def test_deleting_a_user_is_no_trouble(shopper: Client, buyer: User, book: Any) -> None:
    ask(shopper, "add", sku_id=book().pk)
    buyer.delete()


def test_a_checkout_that_cannot_reach_the_session_is_told_by_its_check(settings: Any) -> None:
    (message,) = Basket().check()
    assert (message.id, "session" in message.msg) == ("dailyfresh_cart.E005", True)
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {
        "STORE": {"BACKEND": "dailyfresh_cart.stores.database.DatabaseStore"}
    }
    assert Basket().check() == []
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {"STORE": {"BACKEND": "decimal.Decimal"}}
    assert Basket().check() == []  # E002 says so
