"""What the door refuses: a clear code and message, and nothing changed."""

from typing import Any

import pytest
from conftest import ask, quantities

pytestmark = pytest.mark.usefixtures("any_store")


@pytest.mark.parametrize(
    "quantity", ["0", "-1", "abc", "1.5", "1e3", "１", "0x10", "+1", "1 1", "9" * 31, "1" + "0" * 30, "NaN", "٣"]
)
def test_a_quantity_that_is_no_whole_number_is_refused(client: Any, book: Any, quantity: str) -> None:
    ulysses = book()
    ask(client, "add", sku_id=ulysses.pk, quantity=2)
    answer = ask(client, "add", sku_id=ulysses.pk, quantity=quantity)
    assert (answer["status"], answer["code"], answer["ok"]) == (400, "invalid_quantity", False)
    assert answer["message"] == "The quantity must be a whole number from 1 to 999."
    if quantity != "0":
        assert ask(client, "set", sku_id=ulysses.pk, quantity=quantity)["code"] == "invalid_quantity"
    assert quantities(client) == {str(ulysses.pk): 2}


@pytest.mark.parametrize("sku_id", ["", " ", "x" * 65, "苹果", "a b", "a\tb", "a\x00b", "\x7f"])
def test_an_id_that_cannot_be_one_is_refused(client: Any, db: None, sku_id: str) -> None:
    for name in ("add", "set", "remove", "select"):
        answer = ask(client, name, sku_id=sku_id, quantity=1, selected=1)
        assert (answer["status"], answer["code"]) == (400, "invalid_sku"), name


@pytest.mark.parametrize("sku_id", ["2147483646", "01", "+1", "abc", "-1", "9" * 40, "'", "__proto__", "{u:1}", "../"])
def test_an_id_that_no_product_has_is_not_found(client: Any, book: Any, sku_id: str) -> None:
    book()
    for name in ("add", "set"):
        answer = ask(client, name, sku_id=sku_id, quantity=1)
        assert (answer["status"], answer["code"]) == (404, "unknown_sku"), name
        assert answer["data"]["sku_id"] == sku_id
    assert quantities(client) == {}


def test_an_id_that_is_named_twice_is_refused(client: Any, book: Any) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id)
    for name in ("add", "set", "remove", "select"):
        answer = ask(client, name, sku_id=[sku_id, sku_id], quantity=3, selected=0)
        assert (answer["status"], answer["code"]) == (400, "repeated_sku"), name
    assert ask(client, "add", sku_id=[sku_id, "2"])["code"] == "repeated_sku"
    assert quantities(client) == {sku_id: 1}
    assert ask(client, "lines")["data"]["lines"][0]["selected"] is True


def test_a_product_off_sale_is_refused(client: Any, book: Any) -> None:
    answer = ask(client, "add", sku_id=book(in_print=False).pk)
    assert (answer["status"], answer["code"]) == (409, "off_sale")
    assert answer["message"] == "“Ulysses” is not for sale at the moment."


def test_a_product_that_is_sold_out_is_refused(client: Any, book: Any) -> None:
    answer = ask(client, "add", sku_id=book(copies=0).pk)
    assert (answer["status"], answer["code"], answer["data"]["allowed"]) == (409, "out_of_stock", 0)
    assert answer["message"] == "“Ulysses” is sold out."


def test_more_than_there_is_is_refused_and_the_answer_says_how_many_there_are(client: Any, book: Any) -> None:
    sku_id = str(book(copies=3).pk)
    assert ask(client, "add", sku_id=sku_id, quantity=4)["message"] == "Only 3 of “Ulysses” left."
    ask(client, "add", sku_id=sku_id, quantity=2)
    answer = ask(client, "add", sku_id=sku_id, quantity=2)
    assert (answer["status"], answer["code"]) == (409, "out_of_stock")
    assert answer["data"] == {"sku_id": sku_id, "allowed": 3, "in_cart": 2}
    assert answer["message"] == "Only 3 of “Ulysses” left, and 2 in your cart already."
    answer = ask(client, "set", sku_id=sku_id, quantity=999999999)
    assert (answer["message"], answer["data"]["allowed"]) == ("Only 3 of “Ulysses” left.", 3)
    assert quantities(client) == {sku_id: 2}
    assert ask(client, "set", sku_id=sku_id, quantity=3)["ok"]


def test_more_than_one_buyer_may_take_is_refused(client: Any, book: Any, settings: Any) -> None:
    sku_id = str(book(most=2).pk)
    answer = ask(client, "add", sku_id=sku_id, quantity=3)
    assert (answer["status"], answer["code"], answer["data"]["allowed"]) == (409, "over_limit", 2)
    assert answer["message"] == "You can buy at most 2 of “Ulysses”."
    ask(client, "add", sku_id=sku_id)
    assert ask(client, "set", sku_id=sku_id, quantity=3)["message"] == "You can buy at most 2 of “Ulysses”."
    answer = ask(client, "add", sku_id=sku_id, quantity=2)
    assert answer["message"] == "You can buy at most 2 of “Ulysses”, and 1 are in your cart already."
    plenty = book(copies=5000)
    assert ask(client, "add", sku_id=plenty.pk, quantity=1000)["data"]["allowed"] == 999


def test_a_full_cart_takes_no_other_product(client: Any, book: Any, settings: Any) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {"MAX_LINES": 2}
    first, second, third = book(), book("Dubliners"), book("Exiles")
    ask(client, "add", sku_id=first.pk)
    ask(client, "add", sku_id=second.pk)
    answer = ask(client, "add", sku_id=third.pk)
    assert (answer["status"], answer["code"], answer["data"]["allowed"]) == (409, "cart_full", 2)
    assert ask(client, "add", sku_id=first.pk)["ok"]
    assert quantities(client) == {str(first.pk): 2, str(second.pk): 1}


def test_only_posts_change_anything(client: Any, book: Any) -> None:
    sku_id = str(book().pk)
    for name in ("add", "set", "remove", "restore", "select", "clear_invalid", "update"):
        from django.urls import reverse

        assert client.get(reverse(f"dailyfresh_cart:{name}"), {"sku_id": sku_id}).status_code == 405
    assert quantities(client) == {}


def test_a_post_without_a_token_is_refused(book: Any) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/shop/basket/add/", {"sku_id": book().pk}).status_code == 403


@pytest.mark.parametrize("undo", ["", "x", "eyJ9:1:2", "a" * 20000])
def test_an_undo_that_was_made_up_is_refused(client: Any, db: None, undo: str) -> None:
    answer = ask(client, "restore", undo=undo)
    assert answer["status"] == 400
    assert quantities(client) == {}


def test_an_undo_is_good_for_its_own_cart_alone(client: Any, book: Any) -> None:
    from django.test import Client

    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id)
    undo = ask(client, "remove", sku_id=sku_id)["data"]["undo"]
    other = Client()
    ask(other, "add", sku_id=sku_id)
    ask(other, "remove", sku_id=sku_id)
    assert ask(other, "restore", undo=undo)["code"] == "invalid_undo"
    assert ask(client, "restore", undo=undo)["ok"]


def test_where_guests_have_no_cart_the_answer_is_401_with_the_way_to_sign_in(
    client: Any, book: Any, settings: Any
) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {"GUESTS": False}
    answer = ask(client, "add", sku_id=book().pk)
    assert (answer["status"], answer["code"]) == (401, "login_required")
    assert answer["data"] == {"login_url": "/sign-in/?next=/shop/basket/"}
    assert client.get("/shop/basket/").url == "/sign-in/?next=/shop/basket/"
    assert ask(client, "visitor")["data"]["cart"] == {"available": True, "count": 0, "lines": {}}
