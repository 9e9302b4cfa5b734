"""Offers through the whole store: on its pages, in few statements when an order is placed, and as the worked cases say."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from dailyfresh_goods.models import SKU, StalePage
from dailyfresh_goods.pages.keys import SITE, detail_key
from dailyfresh_orders.models import Order
from dailyfresh_promotions import services
from dailyfresh_promotions.models import Batch, Coupon, Limit, Redemption, Rule
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

AJAX = {"X-Requested-With": "XMLHttpRequest"}
STATEMENTS = 17
"""Of placing an order with a budget, uses of one buyer, a first order, a flash price, a coupon, a time of delivery (three of them), and a share
that may be held."""


@pytest.fixture
def bare(db: None) -> None:
    """Without the demo's own offers."""
    for model in (Rule, Coupon, Batch):
        model._default_manager.all().delete()


def flash(sku: SKU, price: str, **more: Any) -> Rule:
    rule = Rule.objects.create(name="flash", kind="flash", alone=more.pop("alone", True), **more)
    Limit.objects.create(rule=rule, sku_id=str(sku.pk), price=price, quantity=50, per_buyer=3)
    return rule


def confirm(client: Client, *skus: SKU, quantity: str = "1") -> Any:
    for sku in skus:
        answer = client.post("/cart/add/", {"sku_id": sku.pk, "quantity": quantity}, headers=AJAX)
        assert answer.json()["ok"], answer.json()
    return client.get("/orders/confirm/", {"sku_id": [sku.pk for sku in skus]})


def place(client: Client, page: Any) -> Any:
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
    return client.post("/orders/place/", form)


def pills(html: str) -> list[str]:
    return re.findall(r'df-pill df-bad">([^<]+)<', html)


@pytest.mark.parametrize("of", ["type", "sku"])
def test_a_hint_in_the_cart_leads_to_where_its_goods_are(client: Client, bare: None, strawberry: SKU, of: str) -> None:
    scope = {"groups": [f"type:{strawberry.type_id}"]} if of == "type" else {"skus": [str(strawberry.pk)]}
    Rule.objects.create(name="m", kind="off", params={"tiers": [["100.00", "10.00"]]}, scope=scope)
    assert client.post("/cart/add/", {"sku_id": strawberry.pk, "quantity": 1}, headers=AJAX).json()["ok"]
    (hint,) = client.get("/cart/lines/", headers=AJAX).json()["data"]["hints"]
    assert hint["url"] == (strawberry.type if of == "type" else strawberry).get_absolute_url()


def test_the_page_of_a_product_says_what_holds_for_all_and_asks_for_the_rest(
    client: Client, bare: None, strawberry: SKU
) -> None:
    goods = {"skus": [str(strawberry.pk)]}
    Rule.objects.create(name="m", kind="off", params={"tiers": [["100.00", "10.00"]]}, label="满百减十", scope=goods)
    flash(strawberry, "7.77", alone=False, ends=timezone.now() + timedelta(hours=1))
    page = client.get(strawberry.get_absolute_url()).content.decode()
    scripted, without = re.split("(?<=</ul>)<noscript>", page, maxsplit=1)
    assert "满百减十" in pills(scripted)
    assert "7.77" not in scripted
    assert re.search("¥7.77.*至 .*以购物车显示的价格为准.*</noscript>", without, re.S)
    assert f'data-df-offers="{strawberry.pk}"' in page
    html = client.get("/coupons/on/", {"sku": strawberry.pk}).json()["data"]["html"][str(strawberry.pk)]
    assert pills(html)[1:] == ["满百减十"]
    assert "¥7.77" in html


def test_a_list_of_a_type_names_offers_on_its_cards(client: Client, bare: None, strawberry: SKU) -> None:
    Rule.objects.create(
        name="m", kind="off", params={"tiers": [["100.00", "10.00"]]}, label="满百减十",
        scope={"groups": [f"type:{strawberry.type_id}"]},
    )  # fmt: skip
    Rule.objects.create(name="all", kind="off", params={"tiers": [["500.00", "10.00"]]}, label="全场")
    page = client.get(strawberry.type.get_absolute_url()).content.decode()
    assert set(pills(page)) == {"满百减十"}


@pytest.mark.django_db(transaction=False)
def test_pages_are_marked_when_an_offer_changes(bare: None, strawberry: SKU) -> None:
    StalePage.objects.all().delete()
    rule = Rule.objects.create(
        name="m", kind="price", params={"prices": {str(strawberry.pk): "9.00"}}, scope={"skus": [str(strawberry.pk)]}
    )
    keys = set(StalePage.objects.values_list("key", flat=True))
    assert detail_key(strawberry.pk) in keys
    assert SITE not in keys
    StalePage.objects.all().delete()
    Rule.objects.filter(pk=rule.pk).update(ends=timezone.now())
    assert services.announce() == 1
    assert StalePage.objects.filter(key=detail_key(strawberry.pk)).exists()
    Rule.objects.create(name="all", kind="off", params={"tiers": [["500.00", "10.00"]]})
    assert StalePage.objects.filter(key=SITE).exists()


def everything(user: Any, skus: list[SKU]) -> None:
    """Every kind of limit at once: a budget, uses of one buyer, a first order, a coupon, a flash price."""
    for n, audience in enumerate(("all", "first")):
        rule = Rule.objects.create(
            name=f"m{n}", kind="off", params={"tiers": [["0.10", "0.10"]]}, stackable=True, per_user=50,
            audience=audience,
        )  # fmt: skip
        Limit.objects.create(rule=rule, quantity=1000, max_spent="1000.00")
    flash(skus[0], "1.00", alone=False, per_user=50)
    batch = Batch.objects.create(name="c", kind="off", params={"tiers": [["0", "0.50"]]}, shown=True)
    services.issue(user=user, batch_id=batch.pk, at=timezone.now())


@pytest.mark.parametrize(("lines", "rules"), [(1, 0), (1, 200), (10, 0), (10, 200)])
def test_placing_with_every_kind_of_offer_takes_as_many_statements_whatever_its_lines_and_rules(
    signed_in: Client, buyer: Any, bare: None, lines: int, rules: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dailyfresh_orders.views import checkout

    skus = list(SKU.objects.filter(on_sale=True, sold_by="piece", stock__gt=20).order_by("pk")[:lines])
    assert len(skus) == lines
    everything(buyer, skus)
    for n in range(rules):
        Rule.objects.create(name=f"r{n}", kind="off", params={"tiers": [[f"{90000 + n}.00", "1.00"]]}, stackable=True)
    page = confirm(signed_in, *skus)
    counted: list[int] = []
    place_order = checkout.place_order

    def counting(**asked: Any) -> Any:
        with CaptureQueriesContext(connection) as seen:
            placed = place_order(**asked)
        said = [one["sql"] for one in seen]
        counted.append(len([sql for sql in said if not re.match("(BEGIN|COMMIT|SAVEPOINT|RELEASE|SET )", sql)]))
        return placed

    monkeypatch.setattr(checkout, "place_order", counting)
    assert place(signed_in, page).status_code == 302
    assert Redemption.objects.count() == 4
    assert counted == [STATEMENTS]


def test_c48_a_coupon_that_costs_the_free_delivery_is_not_chosen_and_says_so_when_it_is_by_hand(
    signed_in: Client, buyer: Any, bare: None, strawberry: SKU
) -> None:
    SKU.objects.filter(pk=strawberry.pk).update(price="62.00")
    batch = Batch.objects.create(name="c", kind="off", params={"tiers": [["0", "8.00"]]}, shown=True)
    coupon = services.issue(user=buyer, batch_id=batch.pk, at=timezone.now())
    page = confirm(signed_in, strawberry)
    assert page.context["quote"].total == Decimal("62.00")
    sentence = "此单用它不省钱：用了运费更高"
    assert sentence in page.content.decode()
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "coupon": coupon.number}
    page = signed_in.post("/orders/quote/", form)
    assert page.context["quote"].total == Decimal("64.00")
    assert sentence in page.content.decode()


def test_c29_a_price_for_members_of_what_is_weighed(signed_in: Client, bare: None) -> None:
    weighed = SKU.objects.get(slug="banana")
    SKU.objects.filter(pk=weighed.pk).update(price="12.80", price_grams=500, minimum=250, step=50)
    Rule.objects.create(name="member", kind="price", params={"prices": {str(weighed.pk): "11.80"}}, audience="members")
    page = confirm(signed_in, weighed, quantity="750g")
    assert place(signed_in, page).status_code == 302
    (line,) = Order.objects.get().lines.all()
    assert (line.amount, line.discount) == (Decimal("19.20"), Decimal("-1.50"))


def test_c36_what_is_weighed_stays_out_of_a_bundle(signed_in: Client, bare: None, strawberry: SKU) -> None:
    weighed = SKU.objects.get(slug="banana")
    SKU.objects.filter(pk=weighed.pk).update(price="12.80", price_grams=500, minimum=250, step=50)
    SKU.objects.filter(pk=strawberry.pk).update(price="10.00")
    Rule.objects.create(name="b", kind="cheapest", params={"every": 3, "few": 1, "rate": 0})
    confirm(signed_in, strawberry, quantity="3")
    confirm(signed_in, weighed, quantity="500g")
    page = signed_in.get("/orders/confirm/", {"sku_id": [strawberry.pk, weighed.pk]})
    assert place(signed_in, page).status_code == 302
    lines = {line.sku_id: line for line in Order.objects.get().lines.all()}
    assert lines[str(strawberry.pk)].discount == Decimal("-10.00")
    assert lines[str(weighed.pk)].discount == 0
