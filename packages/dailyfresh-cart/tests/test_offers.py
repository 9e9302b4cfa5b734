"""What the cart shows of a site's offers: by the same question as the checkout."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from conftest import ask
from dailyfresh_cart.checks import check_settings
from dailyfresh_core.pricing.offers import GivenOffer, GivenShare
from dailyfresh_core.testing.offers import TenOffHundred
from django.contrib.auth.models import User
from django.test import Client

PAGE = "/shop/basket/"


class Pricing(TenOffHundred):
    """Ten off a hundred; a box for a yuan beside a first order. Remembers what it was asked."""

    asked: list[dict[str, Any]] = []

    def price(self, items: Sequence[Any], **asked: Any) -> GivenOffer:
        self.asked.append({"items": list(items), **asked})
        offer = super().price(items, **asked)
        if not asked["first_order"]():
            return offer
        box = GivenShare("test:box", "礼盒", {"": Decimal("1.00")}, "fee", "last")
        return GivenOffer([*offer.shares, box], offer.hints, digest="2")


def is_first(user: User) -> bool:
    return user.username == "new"


@pytest.fixture(autouse=True)
def _joined(settings: Any) -> None:
    Pricing.asked = []
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {"PROMOTIONS": f"{__name__}.Pricing"}


def words(client: Client, url: str = PAGE) -> str:
    return re.sub(r"\s+", " ", client.get(url).content.decode())


def test_a_guest_sees_what_each_line_costs_after_offers_and_why(client: Client, book: Any) -> None:
    ask(client, "add", sku_id=book("Ulysses", price="80.00").pk)
    ask(client, "add", sku_id=book("Dubliners", price="40.00").pk)
    page = words(client)
    for expected in (
        '满100减10 <span class="df-amt">-¥6.67</span>',
        '满100减10 <span class="df-amt">-¥3.33</span>',
        "<b>¥73.33</b>",
        '<dt>满100减10</dt><dd class="df-red">-¥10.00</dd>',
    ):
        assert expected in page
    found = ask(client, "lines")["data"]
    assert (found["goods_total"], found["total"]) == ("120.00", "110.00")
    assert found["offers"] == [["满100减10", "-10.00"]]
    assert [(line["payable"], line["why"]) for line in found["lines"]] == [
        ("73.33", [["满100减10", "-6.67"]]),
        ("36.67", [["满100减10", "-3.33"]]),
    ]
    assert all(each["user"] is None for each in Pricing.asked)


def test_what_a_little_more_would_bring_stands_on_the_page_and_in_the_mini_cart(client: Client, book: Any) -> None:
    ask(client, "add", sku_id=book("Ulysses", price="88.00").pk)
    hint = '<a class="df-lk" href="/fruit/">再买 ¥12.00 减 ¥10</a>'
    assert f'{hint}</p> <progress max="100" value="88" aria-label="再买 ¥12.00 减 ¥10">' in words(client)
    assert hint in re.sub(r"\s+", " ", ask(client, "mini")["data"]["html"])
    assert ask(client, "lines")["data"]["hints"] == [{"text": "再买 ¥12.00 减 ¥10", "url": "/fruit/"}]


def test_only_what_is_ticked_counts(client: Client, book: Any) -> None:
    one, two = book("Ulysses", price="80.00").pk, book("Dubliners", price="40.00").pk
    for sku_id in (one, two):
        ask(client, "add", sku_id=sku_id)
    after = ask(client, "select", sku_id=two, selected=0)["data"]
    assert (after["total"], after["offers"]) == ("80.00", [])
    assert [item.sku_id for item in Pricing.asked[-1]["items"]] == [str(one)]
    asked = len(Pricing.asked)
    ask(client, "select", all=1, selected=0)
    assert len(Pricing.asked) == asked, "nothing is asked about nothing"


def test_free_delivery_is_measured_by_what_the_goods_cost_in_the_end(client: Client, book: Any, settings: Any) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {"FREE_DELIVERY_FROM": "99.00"}
    ask(client, "add", sku_id=book("Ulysses", price="105.00").pk)
    assert ask(client, "lines")["data"]["free_delivery_missing"] == "4.00"


@pytest.mark.parametrize(("name", "total"), [("new", "111.00"), ("old", "110.00")])
def test_whether_it_is_the_first_order_is_asked_where_the_site_can_tell(
    client: Client, book: Any, settings: Any, name: str, total: str
) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {"FIRST_ORDER": f"{__name__}.is_first"}
    client.force_login(User.objects.create_user(name))
    ask(client, "add", sku_id=book("Ulysses", price="120.00").pk)
    assert ask(client, "lines")["data"]["total"] == total


def test_a_cart_says_that_offers_are_away_and_shows_full_prices(client: Client, book: Any, monkeypatch: Any) -> None:
    ask(client, "add", sku_id=book("Ulysses", price="120.00").pk)
    monkeypatch.setattr(Pricing, "price", lambda self, items, **asked: 1 / 0)
    assert "Offers cannot be had at the moment: these are full prices." in words(client)
    found = ask(client, "lines")["data"]
    assert (found["total"], found["offers_away"]) == ("120.00", True)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("PROMOTIONS", "nowhere.Offers"), ("PROMOTIONS", "builtins.dict"), ("FIRST_ORDER", "nowhere.is_first")],
)
def test_a_check_names_what_gives_no_offers(settings: Any, setting: str, value: str) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {setting: value}
    (found,) = [message for message in check_settings() if message.id == "dailyfresh_cart.E006"]
    assert setting in found.msg
    assert found.hint
