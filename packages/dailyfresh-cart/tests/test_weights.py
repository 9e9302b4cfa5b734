"""What is sold by weight in the cart: the door, the sums, the page, and a measure that changes under a line (R31)."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ask, quantities, sign_in
from dailyfresh_cart.basket import Basket
from dailyfresh_cart.services import add_to_cart, settle
from dailyfresh_cart.stores.base import user_owner
from dailyfresh_core.pricing.measures import Grams, Measured, written
from django.contrib.auth.models import User
from django.test import Client
from minisite.books import Catalogue
from minisite.models import Book
from test_page import PAGE, page, press

LOOSE = Measured("weight", "weight", 500, 0, 300, 50)
CATCH = Measured("piece", "weight", 500, 180)


@pytest.fixture
def sold(book: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Makes something that is sold by a measure, or changes the measure of what is there; gives its sku_id."""
    measures: dict[str, Measured | None] = {}
    find = Catalogue.find

    def found(self: Catalogue, sku_ids: Any) -> dict[str, Any]:
        return {
            sku_id: SimpleNamespace(**vars(item), measure=measures.get(sku_id))
            for sku_id, item in find(self, sku_ids).items()
        }

    monkeypatch.setattr(Catalogue, "find", found)

    def sell(measure: Measured | None, sku_id: str = "", **values: Any) -> str:
        sku_id = sku_id or str(book("Lychee", "12.80", **{"copies": 10_000, **values}).pk)
        measures[sku_id] = measure
        return sku_id

    return sell


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ("300g", 200, "added"),
        ("1.5 kg", 200, "added"),
        ("50g", 200, "added"),
        ("2", 409, "wrong_quantity"),
        ("320 g", 409, "wrong_quantity"),
        ("1000kg", 409, "out_of_stock"),
        ("750 lb", 400, "invalid_quantity"),
    ],
)
def test_the_door_takes_grams_in_steps_and_never_pieces_for_grams(
    client: Client, sold: Any, wanted: str, status: int, code: str
) -> None:
    answer = ask(client, "add", sku_id=sold(LOOSE), quantity=wanted)
    assert (answer["status"], answer["code"]) == (status, code)


def test_the_first_step_begins_with_the_minimum_and_the_others_go_on(client: Client, sold: Any) -> None:
    sku_id = sold(LOOSE)
    told = [ask(client, "add", sku_id=sku_id, quantity="50g")["data"]["quantity"] for _ in range(3)]
    assert told == ["300g", "350g", "400g"]
    refusal = ask(client, "set", sku_id=sku_id, quantity="250g")
    assert refusal["message"] == "“Lychee” is sold from 300\xa0g on, in steps of 50\xa0g."
    assert ask(client, "visitor")["data"]["cart"]["lines"] == {sku_id: "400g"}


def test_a_line_is_worth_its_weight_rounded_once_and_counts_as_one_thing(client: Client, sold: Any) -> None:
    loose, catch, piece = sold(LOOSE), sold(CATCH), sold(None)
    for sku_id, quantity in ((loose, "750g"), (catch, "3"), (piece, "2")):
        assert ask(client, "add", sku_id=sku_id, quantity=quantity)["status"] == 200
    data = ask(client, "lines")["data"]
    assert [line["subtotal"] for line in data["lines"]] == ["19.20", "13.82", "25.60"]
    assert (data["total"], data["pieces"]) == ("58.62", 6)
    html = page(client)
    assert 'value="750\xa0g"' in html
    assert html.count("¥12.80/500\xa0g") == 2
    assert "about 540\xa0g" in html
    assert "data-cart-estimated" in html


def test_a_cart_of_pieces_says_nothing_of_weights(client: Client, sold: Any) -> None:
    ask(client, "add", sku_id=sold(None))
    html = page(client)
    assert "data-cart-estimated" not in html
    assert "data-minimum" not in html


def test_what_is_left_is_offered_in_steps(client: Client, sold: Any) -> None:
    sku_id = sold(LOOSE, copies=1040)
    ask(client, "add", sku_id=sku_id, quantity="1kg")
    sold(LOOSE, sku_id)
    Book.objects.filter(pk=sku_id).update(copies=730)
    html = page(client)
    assert f'value="set:700g:{sku_id}"' in html
    assert "Take 700\xa0g" in html
    assert press(client, f"set:700g:{sku_id}").status_code == 302
    assert quantities(client) == {sku_id: "700g"}
    Book.objects.filter(pk=sku_id).update(copies=299)
    assert ask(client, "lines")["data"]["lines"][0]["state"] == "sold_out"


def test_without_javascript_the_buttons_step_by_the_step(client: Client, sold: Any) -> None:
    sku_id = sold(LOOSE)
    ask(client, "add", sku_id=sku_id, quantity="300g")
    press(client, f"step:50:{sku_id}")
    assert quantities(client) == {sku_id: "350g"}
    press(client, f"step:-50:{sku_id}")
    assert quantities(client) == {sku_id: "300g"}
    press(client, "update", **{f"quantity-{sku_id}": "1.2 kg"})
    assert quantities(client) == {sku_id: "1200g"}


def test_a_raised_minimum_leaves_what_is_in_the_cart(client: Client, sold: Any) -> None:
    sku_id = sold(LOOSE)
    ask(client, "add", sku_id=sku_id, quantity="300g")
    sold(Measured("weight", "weight", 500, 0, 500, 100), sku_id)
    (line,) = ask(client, "lines")["data"]["lines"]
    assert (line["quantity"], line["state"], line["selected"]) == ("300g", "ok", True)
    assert press(client, "update").status_code == 302
    assert quantities(client) == {sku_id: "300g"}


@pytest.mark.parametrize(
    ("before", "put", "after", "now", "note"),
    [
        (None, "2", LOOSE, "300g", "now sold by weight: 300\xa0g"),
        (LOOSE, "750g", None, 1, "now sold by the piece: 1"),
        (CATCH, "2", LOOSE, "300g", "now sold by weight: 300\xa0g"),
    ],
)
@pytest.mark.usefixtures("any_store")
def test_r31_a_line_whose_measure_changed_holds_the_minimum_and_says_so(
    shopper: Client, buyer: User, sold: Any, before: Any, put: str, after: Any, now: Any, note: str
) -> None:
    sku_id = sold(before)
    ask(shopper, "add", sku_id=sku_id, quantity=put)
    sold(after, sku_id)
    (line,) = ask(shopper, "lines")["data"]["lines"]
    assert (line["quantity"], line["price_change"]) == (now, "0.00")
    html = page(shopper)
    assert note in html
    # What nobody looked at beside its product still says what it was chosen as.
    assert written(Basket().lines(buyer)[sku_id]) == put
    assert press(shopper, "update").status_code == 302
    assert note not in page(shopper)
    assert written(Basket().lines(buyer)[sku_id]) == str(now)


def test_r31_a_page_of_before_sends_pieces_and_they_are_not_taken_for_grams(client: Client, sold: Any) -> None:
    sku_id = sold(None)
    ask(client, "add", sku_id=sku_id, quantity="300")
    sold(LOOSE, sku_id)
    assert ask(client, "set", sku_id=sku_id, quantity="350")["code"] == "wrong_quantity"
    assert ask(client, "add", sku_id=sku_id, quantity="50")["code"] == "wrong_quantity"
    assert ask(client, "add", sku_id=sku_id, quantity="50g")["data"]["quantity"] == "300g"


def test_buy_again_counts_as_it_is_sold_today(buyer: User, sold: Any) -> None:
    loose, piece = sold(LOOSE), sold(None)
    Basket().add(buyer, {loose: 770, piece: Grams(2)})
    assert {sku_id: written(n) for sku_id, n in Basket().lines(buyer).items()} == {loose: "750g", piece: "2"}


def test_what_was_ordered_goes_off_and_what_was_added_since_stays(buyer: User, sold: Any) -> None:
    sku_id, owner = sold(LOOSE), user_owner(buyer)
    add_to_cart(owner=owner, quantities={sku_id: Grams(1000)})
    settle(owner=owner, ordered={sku_id: Grams(750)}, reference="1")
    assert written(Basket().lines(buyer)[sku_id]) == "250g"


def test_signing_in_brings_a_weight_as_it_is_sold_today(client: Client, buyer: User, sold: Any) -> None:
    loose, turned = sold(LOOSE), sold(None)
    ask(client, "add", sku_id=loose, quantity="750g")
    ask(client, "add", sku_id=turned, quantity="2")
    sold(LOOSE, turned)
    sign_in(client, buyer)
    assert quantities(client) == {loose: "750g", turned: "300g"}


def test_the_small_page_asks_for_a_weight(client: Client, sold: Any) -> None:
    sku_id = sold(LOOSE)
    html = client.get(f"{PAGE}add/{sku_id}/").content.decode()
    assert 'value="300\xa0g"' in html
    assert "/500\xa0g" in html
    once = html.split('name="once" value="')[1].split('"')[0]
    answer = client.post(f"{PAGE}add/", {"sku_id": sku_id, "once": once, "quantity": "300\xa0g"})
    assert answer.status_code == 302
    assert quantities(client) == {sku_id: "300g"}
    assert Decimal(ask(client, "lines")["data"]["total"]) == Decimal("7.68")
