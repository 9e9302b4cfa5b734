"""The JSON contract as docs/cart/json.md writes it down."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import ask, quantities
from dailyfresh_cart import forms, urls
from dailyfresh_cart.refusals import REFUSALS
from django.test import Client
from django.urls import reverse

PAGE = Path(__file__).parents[1] / "docs" / "cart" / "json.md"


@pytest.fixture
def contract() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_endpoint_is_written_down_with_its_url(contract: str) -> None:
    listed = dict(re.findall(r"^\| `(\w+)` \| `([\w-]+/)` \| (?:GET|POST) ", contract, re.M))
    mount = reverse("dailyfresh_cart:cart")
    assert {name: mount + url for name, url in listed.items()} == {
        pattern.name: reverse(f"dailyfresh_cart:{pattern.name}")
        for pattern in urls.urlpatterns
        if pattern.name not in ("cart", "add_page")
    }


def test_every_refusal_is_written_down_with_its_status(contract: str) -> None:
    listed = {code: int(status) for code, status in re.findall(r"^\| `(\w+)` \| (4\d\d|503) \|", contract, re.M)}
    codes = set(re.findall(r'code="(\w+)"', Path(forms.__file__).read_text()))
    shared = {"login_required": 401, "unavailable": 503}
    assert listed == dict(REFUSALS.values()) | shared | dict.fromkeys(codes, 400)


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    return [shape(one) for one in value] if isinstance(value, list) else type(value)


def test_a_cart_is_what_the_example_shows(contract: str, client: Client, book: Any) -> None:
    example = json.loads(re.search(r"A cart:\n\n```json\n(.*?)```", contract, re.S)[1])
    ask(client, "add", sku_id=book(pk=1).pk, quantity=2)
    answer = ask(client, "lines")
    assert answer["data"] == example
    assert set(answer) == {"status", "ok", "code", "message", "data"}
    for name, fields in (("set", {"quantity": 2}), ("select", {"selected": 1})):
        assert shape(ask(client, name, sku_id=1, **fields)["data"]) == shape(example)
    removed = ask(client, "remove", sku_id=1)["data"]
    assert set(removed) == {*example, "undo"}
    assert shape(ask(client, "restore", undo=removed["undo"])["data"]) == shape(example)
    assert set(ask(client, "set", sku_id=1, quantity=1, page=1)["data"]) == {*example, "html"}


@pytest.mark.parametrize(
    ("name", "fields", "code", "keys"),
    [
        ("add", {"sku_id": 1}, "added", {"sku_id", "quantity", "count"}),
        ("mini", {}, "ok", {"count", "html"}),
        ("count", {}, "ok", {"count"}),
        ("visitor", {}, "ok", {"csrf", "cart"}),
    ],
)
def test_the_small_answers_hold_what_they_say(
    client: Client, book: Any, name: str, fields: dict[str, Any], code: str, keys: set[str]
) -> None:
    book(pk=1)
    answer = ask(client, name, **fields)
    assert (answer["status"], answer["ok"], answer["code"], set(answer["data"])) == (200, True, code, keys)


def test_answers_about_one_visitor_are_never_kept(client: Client, db: None) -> None:
    for name in ("cart", "lines", "mini", "count", "visitor"):
        assert "no-store" in client.get(reverse(f"dailyfresh_cart:{name}")).headers["Cache-Control"]


def test_one_click_sent_again_adds_nothing_and_another_product_is_another_click(client: Client, book: Any) -> None:
    first, second = str(book().pk), str(book("Dubliners").pk)
    for sku_id in (first, second, first):
        assert ask(client, "add", sku_id=sku_id, once="click")["data"]["quantity"] == 1
    assert quantities(client) == {first: 1, second: 1}
