"""The cart as a checkout sees it."""

from typing import Any

import pytest
from conftest import ask
from dailyfresh_cart.basket import Basket
from dailyfresh_cart.signals import cart_changed, cart_settled
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

pytestmark = pytest.mark.usefixtures("any_store")


@pytest.fixture
def ids(book: Any) -> list[str]:
    return [str(book(title).pk) for title in "abc"]


def test_lines_come_in_the_carts_order(shopper: Client, buyer: User, ids: list[str]) -> None:
    for sku_id, n in zip(reversed(ids), (1, 2, 3), strict=True):
        ask(shopper, "add", sku_id=sku_id, quantity=n)
    assert list(Basket().lines(buyer).items()) == [(ids[2], 1), (ids[1], 2), (ids[0], 3)]
    assert Basket().lines(buyer, [ids[0], ids[2], "2147483646"]) == {ids[2]: 1, ids[0]: 3}
    assert Basket().lines(buyer, []) == {}


def test_settling_takes_what_was_ordered_and_leaves_what_was_added_later(buyer: User, ids: list[str]) -> None:
    Basket().add(buyer, {ids[0]: 2, ids[1]: 1, ids[2]: 4})
    ordered = Basket().lines(buyer, ids[:2])
    Basket().add(buyer, {ids[0]: 3})
    Basket().settle(buyer, ordered, "20261123-1")
    assert Basket().lines(buyer) == {ids[0]: 3, ids[2]: 4}


def test_settling_twice_with_one_reference_takes_once(buyer: User, ids: list[str]) -> None:
    Basket().add(buyer, {ids[0]: 5})
    for _time in range(3):
        Basket().settle(buyer, {ids[0]: 2}, "20261123-1")
    assert Basket().lines(buyer) == {ids[0]: 3}
    Basket().settle(buyer, {ids[0]: 2}, "20261123-2")
    assert Basket().lines(buyer) == {ids[0]: 1}


def test_settling_late_does_not_take_what_was_bought_anew(buyer: User, ids: list[str]) -> None:
    Basket().add(buyer, {ids[0]: 2})
    Basket().settle(buyer, {ids[0]: 2}, "20261123-1")
    Basket().add(buyer, {ids[0]: 2})
    Basket().settle(buyer, {ids[0]: 2}, "20261123-1")
    assert Basket().lines(buyer) == {ids[0]: 2}


def test_settling_what_is_no_longer_there_is_no_error(buyer: User, ids: list[str]) -> None:
    Basket().add(buyer, {ids[0]: 1})
    Basket().settle(buyer, {ids[0]: 5, ids[1]: 1}, "20261123-1")
    assert Basket().lines(buyer) == {}


def test_adding_takes_what_can_be_bought_and_leaves_out_the_rest(buyer: User, book: Any) -> None:
    few, off = str(book(copies=2).pk), str(book("Exiles", in_print=False).pk)
    Basket().add(buyer, {few: 5, off: 1, "2147483646": 1})
    assert Basket().lines(buyer) == {few: 2}
    Basket().add(buyer, {few: 1})
    assert Basket().lines(buyer) == {few: 2}


def test_what_happens_to_a_cart_is_a_signal_and_a_bad_receiver_harms_nothing(
    shopper: Client, buyer: User, ids: list[str]
) -> None:
    heard: list[tuple[str, list[str]]] = []

    def hear(why: str, sku_ids: list[str], **told: Any) -> None:
        heard.append((why, sku_ids))
        raise RuntimeError("a receiver of the site")

    settled: list[str] = []

    def hear_settled(reference: str, **told: Any) -> None:
        settled.append(reference)

    cart_changed.connect(hear)
    cart_settled.connect(hear_settled)
    try:
        ask(shopper, "add", sku_id=ids[0])
        ask(shopper, "add", sku_id=ids[0], quantity=99)
        ask(shopper, "set", sku_id=ids[0], quantity=2)
        ask(shopper, "select", sku_id=ids[0], selected=0)
        undo = ask(shopper, "remove", sku_id=ids[0])["data"]["undo"]
        ask(shopper, "restore", undo=undo)
        Basket().settle(buyer, {ids[0]: 1}, "o1")
        Basket().settle(buyer, {ids[0]: 1}, "o1")
    finally:
        cart_changed.disconnect(hear)
        cart_settled.disconnect(hear_settled)
    assert heard == [(why, [ids[0]]) for why in ("add", "set", "select", "remove", "restore")]
    assert settled == ["o1"]


@pytest.mark.parametrize("quantity", [0, -1])
def test_adding_takes_nothing_away(buyer: User, book: Any, quantity: int) -> None:
    sku_id = str(book().pk)
    Basket().add(buyer, {sku_id: 2})
    with pytest.raises(ValueError, match="fewer than one"):
        Basket().add(buyer, {sku_id: quantity})
    assert Basket().lines(buyer) == {sku_id: 2}


def test_a_cart_in_the_session_is_out_of_a_checkouts_reach(buyer: User, settings: Any) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {
        "STORE": {"BACKEND": "dailyfresh_cart.stores.session.SessionStore"}
    }
    with pytest.raises(ImproperlyConfigured, match="Redis or the database"):
        Basket().lines(buyer)
