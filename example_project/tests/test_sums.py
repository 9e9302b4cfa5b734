"""What is said of money on the way to an order is true, from the first page of goods on."""

import re
from typing import Any

import pytest
from dailyfresh_promotions.models import Rule
from dailyfresh_users.models import Address
from django.test import Client
from visitor import Visitor, playwright

AJAX = {"X-Requested-With": "XMLHttpRequest"}


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


@pytest.mark.django_db
def test_the_cart_says_what_delivery_costs_and_what_makes_it_free(client: Client, strawberry: Any) -> None:
    Rule.objects.all().delete()
    client.post("/cart/add/", {"sku_id": strawberry.pk, "quantity": 1}, headers=AJAX)
    page = client.get("/cart/").content.decode()
    assert "运费 ¥10.00 起" in words(page)
    part = page.partition("df-topup")[2]
    assert "再加一件就免运费" in part
    assert f'data-goods-card="{strawberry.pk}"' not in part
    prices = [float("".join(found)) for found in re.findall(r"<b>(\d+)</b><i>(\.\d\d)</i>", part)]
    assert len(prices) == 5
    assert all(29.10 <= price <= 63.20 for price in prices), prices
    client.post("/cart/set/", {"sku_id": strawberry.pk, "quantity": 2}, headers=AJAX)
    page = client.get("/cart/").content.decode()
    assert "运费 免运费" in words(page)
    assert "再加一件就免运费" not in page


@pytest.mark.django_db
def test_nobody_is_promised_a_freight_of_nothing_before_the_address(
    client: Client, stranger: Any, strawberry: Any
) -> None:
    client.force_login(stranger)
    confirm = f"/orders/confirm/?buy={strawberry.pk}:1"
    assert "运费 填写地址后计算" in words(client.get(confirm).content.decode())
    Address.objects.create(
        user=stranger, receiver="林", phone="13800138000", street="x", default_slot=1, district_code="110108"
    )
    assert re.search("运费 .{0,40}¥10.00", words(client.get(confirm).content.decode()))


@pytest.mark.browser
def test_a_card_beside_the_cart_changes_it(browser: "playwright.Browser", shop: str) -> None:
    guest = Visitor(browser, shop)
    guest.go("/goods/3/")
    with guest.page.expect_response("**/cart/add/"):
        guest.see("[data-cart-put]").click()
    guest.go("/cart/")
    lines = guest.page.locator("[data-cart-line]")
    playwright.expect(lines).to_have_count(1)
    guest.see(".df-topup [data-cart-more='1']").click()
    playwright.expect(lines).to_have_count(2)
    playwright.expect(guest.page.locator(".df-topup")).to_be_hidden()
    assert guest.complaints == []


@pytest.mark.browser
def test_the_total_of_a_product_reckons_with_its_flash_price(browser: "playwright.Browser", shop: str) -> None:
    guest = Visitor(browser, shop)
    guest.go("/search/?q=有机西兰花")
    guest.see("[data-goods-card] h3 a").click()
    total, offer = guest.page.locator("output[data-goods-total]").first, guest.see("[data-offer-price]")
    most, cheap = int(offer.get_attribute("data-offer-most")), float(offer.get_attribute("data-offer-price"))
    full = float(guest.page.locator("[data-goods-detail]").get_attribute("data-price"))
    playwright.expect(total).to_have_text(f"¥{cheap:.2f}")
    guest.page.fill("[data-goods-quantity]", str(most + 1))
    guest.page.keyboard.press("Tab")
    playwright.expect(total).to_have_text(f"¥{most * cheap + full:.2f}")
    assert guest.complaints == []
