"""Quotes that are forged, replayed or asked for in numbers that cannot be: nobody pays another price than is right now, and none is a 500."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from dailyfresh_goods.models import SKU
from dailyfresh_orders.models import Order
from dailyfresh_promotions import services
from dailyfresh_promotions.models import Batch, Coupon, Limit, Redemption, Rule
from dailyfresh_users.services import add_address
from django.core import signing
from django.test import Client
from django.utils import timezone

AJAX = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture(autouse=True)
def _bare(db: None) -> Iterator[None]:
    """Without the demo's own offers; nothing of an order that was refused is left."""
    for model in (Rule, Coupon, Batch):
        model._default_manager.all().delete()
    yield
    assert list(services.disagreements()) == []


@pytest.fixture
def rule() -> Rule:
    """¥5 off from ¥10, five times, for ¥100 in all."""
    made = Rule.objects.create(name="m", kind="off", params={"tiers": [["10.00", "5.00"]]})
    Limit.objects.create(rule=made, quantity=5, max_spent="100.00")
    return made


def issued(user: Any, *, off: str = "3.00") -> Coupon:
    batch = Batch.objects.create(name="c", kind="off", params={"tiers": [["0", off]]}, shown=True, per_user=9)
    return services.issue(user=user, batch_id=batch.pk, at=timezone.now())


def confirm(client: Client, sku: SKU, quantity: str = "2") -> Any:
    page = client.get("/orders/confirm/", {"buy": f"{sku.pk}:{quantity}"})
    assert page.status_code == 200, page.content
    return page


def place(client: Client, page: Any, **more: str) -> Any:
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
    return client.post("/orders/place/", form | more, headers=AJAX)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def is_asked_again(client: Client, page: Any, **more: str) -> None:
    """No order, and nothing of the offers is taken; the page that comes back can be ordered at what it says."""
    before = Redemption.objects.count(), list(Limit.objects.values_list("taken", "spent"))
    answer = place(client, page, **more)
    assert code(answer) == (409, "quote_changed")
    assert not Order.objects.filter(token=page.context["quote"].key).exists()
    assert (Redemption.objects.count(), list(Limit.objects.values_list("taken", "spent"))) == before


def test_a_signature_that_is_not_ours_leads_nowhere(signed_in: Client, strawberry: SKU, rule: Rule) -> None:
    page = confirm(signed_in, strawberry)
    token = page.context["token"]
    signed = signing.loads(token, salt="dailyfresh_orders.quote.3")
    cheap = signed | {"t": "0.01", "l": [[line[0], line[1], "0.01", *line[3:]] for line in signed["l"]]}
    for forged in (
        "",
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token.swapcase(),
        ":".join(reversed(token.split(":"))),
        signing.dumps(cheap, salt="another", compress=True),
        signing.dumps(cheap, salt="dailyfresh_orders.quote.3", key="guessed", compress=True),
        "x" * 100_000,
        "\0",
        "订单",
    ):
        answer = place(signed_in, page, token=forged)
        assert answer.status_code in (400, 409), forged[:20]
        assert answer.json()["code"] in ("quote_invalid", "invalid"), forged[:20]
    assert not Order.objects.filter(token=page.context["quote"].key).exists()


def test_sums_among_the_fields_are_not_read(signed_in: Client, strawberry: SKU, rule: Rule) -> None:
    page = confirm(signed_in, strawberry)
    sums = {"total": "0.01", "discount": "-99", "freight": "0", "unit_price": "0.01", f"price_{strawberry.pk}": "0.01"}
    assert code(place(signed_in, page, **sums)) == (200, "placed")
    assert Order.objects.get(token=page.context["quote"].key).payable == page.context["quote"].total


def stopped(rule: Rule, sku: SKU) -> None:
    rule.active = False
    rule.save()


def spent(rule: Rule, sku: SKU) -> None:
    Limit.objects.filter(rule=rule).update(max_spent="4.99")
    Rule.edited(rule.pk)


def used_up(rule: Rule, sku: SKU) -> None:
    Limit.objects.filter(rule=rule).update(quantity=0)


def better(rule: Rule, sku: SKU) -> None:
    rule.params = {"tiers": [["10.00", "6.00"]]}
    rule.save()


def over(rule: Rule, sku: SKU) -> None:
    Rule.objects.filter(pk=rule.pk).update(ends=timezone.now())
    Rule.edited(rule.pk)


def dearer(rule: Rule, sku: SKU) -> None:
    SKU.objects.filter(pk=sku.pk).update(price=sku.price + 1)


@pytest.mark.parametrize("happens", [stopped, spent, used_up, better, over, dearer])
def test_a_quote_is_asked_again_when_it_is_no_longer_so(
    signed_in: Client, strawberry: SKU, rule: Rule, happens: Callable[[Rule, SKU], None]
) -> None:
    page = confirm(signed_in, strawberry)
    assert page.context["quote"].extras.offers
    happens(rule, strawberry)
    is_asked_again(signed_in, page)
    is_asked_again(signed_in, page, coupon="none", window="")


def test_a_quote_is_its_buyers_alone_in_whatever_browser(
    signed_in: Client, buyer: Any, strawberry: SKU, django_user_model: Any
) -> None:
    other = django_user_model.objects.create_user("mallory", "mallory@dailyfresh.example", "never-guess-me")
    values = {"receiver": "M", "phone": "13800138001", "district_code": "110108", "street": "S", "postcode": "100080"}
    add_address(user=other, values=values, make_default=True)
    page = confirm(signed_in, strawberry)
    thief, same = Client(), Client()
    thief.force_login(other)
    same.force_login(buyer)
    assert code(place(thief, page)) == (409, "quote_invalid")
    assert not Order.objects.filter(user=other).exists()
    numbers = {place(client, page).json()["data"]["number"] for client in (same, signed_in)}
    assert len(numbers) == 1


def test_the_coupon_of_somebody_else_is_none(signed_in: Client, strawberry: SKU, django_user_model: Any) -> None:
    other = django_user_model.objects.create_user("mallory", "mallory@dailyfresh.example", "never-guess-me")
    theirs = issued(other)
    page = confirm(signed_in, strawberry)
    for number in (theirs.number, str(theirs.pk), "nothing", "'; --", "auto\0"):
        answer = place(signed_in, page, coupon=number)
        assert answer.status_code in (200, 400, 409), number
    theirs.refresh_from_db()
    assert (theirs.state, Redemption.objects.filter(coupon_id=theirs.pk).count()) == ("free", 0)


def test_one_coupon_in_two_tabs_is_in_one_order(signed_in: Client, buyer: Any, strawberry: SKU) -> None:
    mine = issued(buyer)
    tabs = [confirm(signed_in, strawberry, number) for number in ("1", "3")]
    assert all(tab.context["quote"].extras.offered.coupons[0].chosen for tab in tabs)
    assert code(place(signed_in, tabs[0])) == (200, "placed")
    is_asked_again(signed_in, tabs[1])
    is_asked_again(signed_in, tabs[1], coupon=mine.number)
    assert Redemption.objects.filter(coupon_id=mine.pk).count() == 1


def test_offers_of_two_tabs_do_not_add_up(signed_in: Client, strawberry: SKU, rule: Rule) -> None:
    """A first order and a limit of one: each tab was shown both."""
    Rule.objects.filter(pk=rule.pk).update(per_user=1)
    Rule.edited(rule.pk)
    tabs = [confirm(signed_in, strawberry, number) for number in ("1", "2")]
    assert code(place(signed_in, tabs[0])) == (200, "placed")
    is_asked_again(signed_in, tabs[1])


@pytest.mark.parametrize(
    "quantity",
    ["-1", "0", "1.5", "1e3", "99999999999999999999", "９", "NaN", "2 2", "-250g", "0g", "0.5g", "1e9g", "9999999g", "1:2"],
)  # fmt: skip
def test_numbers_that_cannot_be_are_no_quote(signed_in: Client, strawberry: SKU, quantity: str) -> None:
    weighed = SKU.objects.get(slug="banana")
    for sku in (strawberry, weighed):
        answer = signed_in.get("/orders/confirm/", {"buy": f"{sku.pk}:{quantity}"})
        if answer.status_code == 200 and answer.context.get("quote"):
            assert answer.context["quote"].problems or not answer.context["orderable"]
        else:
            assert answer.status_code in (200, 302, 400, 404)
        added = signed_in.post("/cart/add/", {"sku_id": sku.pk, "quantity": quantity}, headers=AJAX)
        assert (added.status_code, added.json()["ok"]) in [(400, False), (409, False)], (sku.slug, quantity)


def test_money_that_no_column_holds_is_refused_in_words(signed_in: Client, strawberry: SKU) -> None:
    SKU.objects.filter(pk=strawberry.pk).update(price="99999999.99", stock=9999, limit=None)
    page = signed_in.get("/orders/confirm/", {"buy": f"{strawberry.pk}:9999"})
    answer = place(signed_in, page) if page.context["orderable"] else page
    assert answer.status_code < 500
    assert not Order.objects.filter(total__gt=Decimal("9999999999.99")).exists()


def test_guessed_codes_are_held_back(signed_in: Client, buyer: Any) -> None:
    Batch.objects.create(name="c", kind="off", params={"tiers": [["0", "3.00"]]}, code="secret")
    guesses = [signed_in.post("/coupons/code/", {"code": f"guess{n}"}, headers=AJAX).status_code for n in range(11)]
    assert guesses == [404] * 10 + [429]
    assert signed_in.post("/coupons/code/", {"code": "secret"}, headers=AJAX).status_code == 429
    assert not Coupon.objects.filter(user=buyer).exists()


def test_a_quote_from_before_is_too_old(signed_in: Client, strawberry: SKU, monkeypatch: pytest.MonkeyPatch) -> None:
    page = confirm(signed_in, strawberry)
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + timedelta(days=1).total_seconds())
    assert code(place(signed_in, page)) == (409, "quote_invalid")
    assert not Order.objects.filter(token=page.context["quote"].key).exists()
