"""The coupon centre and the wallet, with and without JavaScript."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from dailyfresh_promotions.models import Coupon
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

JSON = {"accept": "application/json"}


@pytest.fixture
def shopper(client, buyer):
    client.force_login(buyer)
    return client


def page(client, name, **query):
    return client.get(reverse(f"dailyfresh_promotions:{name}"), query).content.decode()


def claim(client, made, **more):
    return client.post(reverse("dailyfresh_promotions:claim", args=[made.pk]), **more)


def test_a_visitor_sees_what_may_be_claimed_and_is_led_to_sign_in(client, batch):
    made = batch()
    batch(shown=False, label="secret")
    batch(active=False, label="ended")
    text = page(client, "centre")
    assert "¥20 off" in text
    assert "secret" not in text
    assert "ended" not in text
    assert claim(client, made).url.startswith("/sign-in/?next=")
    assert claim(client, made, headers=JSON).status_code == 401


def test_a_claimed_coupon_is_in_the_wallet_and_the_button_is_gone(shopper, batch):
    made = batch()
    answer = claim(shopper, made)
    assert answer.url == reverse("dailyfresh_promotions:centre")
    text = page(shopper, "centre")
    assert "The coupon is yours." in text
    assert "data-claim" not in text
    assert "¥20 off" in page(shopper, "wallet")
    claim(shopper, made)
    assert "You have this coupon already." in page(shopper, "centre")


def test_a_script_is_told_in_the_envelope(shopper, batch, other):
    made = batch(total=1)
    answer = claim(shopper, made, headers=JSON)
    assert (answer.status_code, answer.json()["data"]["number"]) == (200, Coupon.objects.get().number)
    assert (claim(shopper, made, headers=JSON).status_code, claim(shopper, made, headers=JSON).json()["code"]) == (
        409,
        "had",
    )
    shopper.force_login(other)
    assert claim(shopper, made, headers=JSON).json()["code"] == "gone"
    assert "All gone" in page(shopper, "centre")


def test_a_claim_is_a_post(shopper, batch):
    assert shopper.get(reverse("dailyfresh_promotions:claim", args=[batch().pk])).status_code == 405
    assert not Coupon.objects.exists()


def test_a_typed_code_gives_a_coupon_and_leads_back_to_the_wallet(shopper, batch):
    batch(code="spring", shown=False)
    answer = shopper.post(
        reverse("dailyfresh_promotions:code"), {"code": " SPRING ", "next": reverse("dailyfresh_promotions:wallet")}
    )
    assert answer.url == reverse("dailyfresh_promotions:wallet")
    assert Coupon.objects.count() == 1


def test_guessing_codes_is_held_back_by_account_and_by_address(shopper, batch, other):
    batch(code="spring", shown=False)
    tries = [
        shopper.post(reverse("dailyfresh_promotions:code"), {"code": str(n)}, headers=JSON).status_code
        for n in range(11)
    ]
    assert tries == [404] * 10 + [429]
    shopper.force_login(other)
    assert shopper.post(reverse("dailyfresh_promotions:code"), {"code": "spring"}, headers=JSON).status_code == 429
    assert not Coupon.objects.exists()


def test_a_code_that_leads_elsewhere_leads_nowhere(shopper, batch):
    batch(code="spring")
    answer = shopper.post(reverse("dailyfresh_promotions:code"), {"code": "spring", "next": "https://evil.example/"})
    assert answer.url == reverse("dailyfresh_promotions:centre")


def test_the_wallet_shows_coupons_by_their_state_and_nobody_elses(shopper, coupon, buyer, other):
    now = timezone.now()
    coupon(buyer, label="good")
    coupon(buyer, label="later", starts=now + timedelta(days=1))
    for label, changes in (
        ("spent", {"state": "used", "reference": "sale-1"}),
        ("held", {"state": "held"}),
        ("old", {"ends": now}),
        ("void", {"state": "void"}),
    ):
        Coupon.objects.filter(pk=coupon(buyer, label=label).pk).update(**changes)
    coupon(other, label="foreign")
    found = {
        tab: set(re.findall(r"<h2>(\w+)</h2>", page(shopper, "wallet", state=tab))) for tab in ("", "used", "over")
    }
    assert found == {"": {"good", "later"}, "used": {"spent", "held"}, "over": {"old", "void"}}
    assert "sale-1" in page(shopper, "wallet", state="used")


def test_the_last_day_is_counted_down_from_what_is_left_and_longer_is_a_date(client, batch):
    now = timezone.now()
    batch(ends=now + timedelta(hours=2))
    stamp = re.search(r'data-df-ends="(\d+)" data-df-left="(\d+)"[^>]*>([\d:]+)<', page(client, "centre"))
    assert abs(int(stamp[1]) / 1000 - (now + timedelta(hours=2)).timestamp()) < 2
    assert 7190 <= int(stamp[2]) <= 7200
    assert stamp[3].startswith(("01:59", "02:00"))
    batch(ends=now + timedelta(days=9))
    assert page(client, "centre").count("data-df-ends") == 1


def test_the_clock_of_the_shop_is_told(client):
    answer = client.get(reverse("dailyfresh_promotions:clock"))
    assert abs(answer.json()["data"]["now"] / 1000 - timezone.now().timestamp()) < 5
    assert "no-store" in answer["Cache-Control"]


def test_a_product_shows_the_offers_that_mean_it(rule, book):
    sku_id = book("60.00")
    rule()
    rule(scope={"groups": ["genre:poem"]}, label="poems")
    rule(
        "flash",
        {},
        items=[{"sku_id": sku_id, "price": "9.90", "quantity": 3}],
        ends=timezone.now() + timedelta(hours=1),
    )
    template = Template("{% load dailyfresh_promotions %}{% dailyfresh_offers sku_id price groups %}")
    text = template.render(Context({"sku_id": sku_id, "price": Decimal("60.00"), "groups": ["genre:novel"]}))
    assert re.findall(r'df-bad">([^<]+)<', text) == ["Flash price", "¥10 off from ¥100"]
    assert "¥9.90" in text
    assert "data-df-ends" in text


@pytest.mark.parametrize("name", ["centre", "wallet"])
def test_pages_speak_chinese(shopper, batch, coupon, buyer, name):
    coupon(buyer)
    shopper.cookies["django_language"] = "zh-hans"
    text = page(shopper, name)
    assert "减 ¥20" in text
    assert "Coupon" not in re.sub(r"<(script|link)[^>]*>", "", text)
