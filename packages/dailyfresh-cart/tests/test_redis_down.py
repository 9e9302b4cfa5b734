"""A Redis that is gone, hangs, or loses answers: reads say so kindly, writes fail loudly, nothing is lost, all heals."""

import time
from typing import Any

import pytest
from conftest import ask, quantities, sign_in
from dailyfresh_cart.basket import Basket
from dailyfresh_cart.exceptions import CartUnavailable
from django.contrib.auth.models import User
from django.test import Client
from proxy import Proxy

WRITES = {
    "add": {"quantity": 1},
    "set": {"quantity": 3},
    "remove": {},
    "select": {"selected": 0},
    "clear_invalid": {},
}


@pytest.mark.parametrize("state", ["cut", "hung"])
def test_everything_says_so_and_comes_back_as_it_was(
    behind_a_line: Proxy, shopper: Client, buyer: User, book: Any, state: str
) -> None:
    sku_id = str(book().pk)
    ask(shopper, "add", sku_id=sku_id, quantity=2)
    behind_a_line.cut() if state == "cut" else setattr(behind_a_line, "state", state)
    began = time.monotonic()
    page = shopper.get("/shop/basket/")
    assert page.status_code == 503
    assert "Nothing is lost" in page.content.decode()
    assert ask(shopper, "visitor")["data"]["cart"] == {"available": False, "count": 0, "lines": {}}
    names = WRITES if state == "cut" else {"add": WRITES["add"]}
    for name, fields in names.items():
        answer = ask(shopper, name, sku_id=sku_id, **fields)
        assert (answer["status"], answer["code"], answer["ok"]) == (503, "unavailable", False), name
        assert answer["message"] == "Your cart does not answer at the moment. Nothing is lost; please try again soon."
    with pytest.raises(CartUnavailable):
        Basket().settle(buyer, {sku_id: 1}, "o1")
    assert time.monotonic() - began < 10
    behind_a_line.state = "up"
    assert quantities(shopper) == {sku_id: 2}
    assert ask(shopper, "add", sku_id=sku_id)["ok"]
    Basket().settle(buyer, {sku_id: 1}, "o1")
    assert quantities(shopper) == {sku_id: 2}


def test_a_page_without_javascript_says_so_too(behind_a_line: Proxy, client: Client, book: Any) -> None:
    sku_id = str(book().pk)
    behind_a_line.cut()
    response = client.post("/shop/basket/add/", {"sku_id": sku_id}, headers={"accept": "text/html"})
    assert response.status_code == 302
    assert "dailyfresh_cart" not in client.cookies


def test_an_add_whose_answer_was_lost_counts_once(behind_a_line: Proxy, shopper: Client, book: Any) -> None:
    sku_id = str(book().pk)
    ask(shopper, "add", sku_id=sku_id)
    behind_a_line.state = "deaf"
    first = ask(shopper, "add", sku_id=sku_id, once="click-1")
    behind_a_line.state = "up"
    again = ask(shopper, "add", sku_id=sku_id, once="click-1")
    assert again["ok"]
    assert first["code"] in ("added", "unavailable")
    assert quantities(shopper) == {sku_id: 2}


def test_signing_in_goes_on_and_the_merge_is_made_up_later(
    behind_a_line: Proxy, client: Client, book: Any, buyer: User
) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id, quantity=2)
    behind_a_line.cut()
    sign_in(client, buyer)
    assert client.get("/shop/basket/").status_code == 503
    behind_a_line.state = "up"
    assert quantities(client) == {sku_id: 2}
    assert quantities(client) == {sku_id: 2}


def test_a_server_that_forgot_the_scripts_is_sent_them_again(in_redis: Any, shopper: Client, book: Any) -> None:
    sku_id = str(book().pk)
    ask(shopper, "add", sku_id=sku_id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dailyfresh_cart.stores.redis.CHANGE.digest", "0" * 40)
        assert ask(shopper, "add", sku_id=sku_id)["ok"]
    assert quantities(shopper) == {sku_id: 2}
