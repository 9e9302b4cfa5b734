"""Goods by weight through the whole store: from the demo's catalogue over cart and order to the stock."""

import re
from decimal import Decimal
from typing import Any

import pytest
from dailyfresh_goods.models import SKU
from dailyfresh_orders.models import Order
from dailyfresh_orders.services.books.auditing import disagreements
from django.test import Client

AJAX = {"X-Requested-With": "XMLHttpRequest"}


def bought(client: Client, sku_ids: list[int], **changed: Any) -> Any:
    page = client.get("/orders/confirm/", {"sku_id": sku_ids})
    form = {name: page.context[name] for name in ("token",)} | {"address": page.context["chosen"].id}
    return client.post("/orders/place/", form | {"payment_method": "cod"} | changed)


@pytest.mark.django_db
def test_bananas_by_the_gram_and_a_melon_by_what_it_weighs(
    signed_in: Client, django_capture_on_commit_callbacks: Any
) -> None:
    banana, melon = SKU.objects.get(slug="banana"), SKU.objects.get(slug="watermelon")
    for sku, quantity in ((banana, "700g"), (banana, "100g"), (melon, "2")):
        answer = signed_in.post("/cart/add/", {"sku_id": sku.pk, "quantity": quantity}, headers=AJAX)
        assert answer.json()["ok"], answer.json()
    cart = signed_in.get("/cart/lines/", headers=AJAX).json()["data"]
    assert [(line["quantity"], line["subtotal"]) for line in cart["lines"]] == [("800g", "11.04"), (2, "53.60")]
    with django_capture_on_commit_callbacks(execute=True):
        assert bought(signed_in, [banana.pk, melon.pk]).status_code == 302
    order = Order.objects.latest("pk")
    assert (order.goods_total, disagreements(order)) == (Decimal("64.64"), [])
    assert SKU.objects.get(pk=banana.pk).stock == banana.stock - 800
    assert SKU.objects.get(pk=melon.pk).stock == melon.stock - 2
    assert signed_in.get("/cart/lines/", headers=AJAX).json()["data"]["lines"] == []
    page = re.sub(r"\s+", " ", signed_in.get(order.get_absolute_url()).content.decode())
    assert "约 800 g" in page
    assert "约 8 kg" in page
    assert "多退少不补" in page


@pytest.mark.django_db
def test_r31_a_measure_that_changes_under_a_cart_never_turns_pieces_into_grams(
    signed_in: Client, strawberry: SKU
) -> None:
    signed_in.post("/cart/add/", {"sku_id": strawberry.pk, "quantity": 2}, headers=AJAX)
    page = signed_in.get("/orders/confirm/", {"sku_id": strawberry.pk})
    SKU.objects.filter(pk=strawberry.pk).update(
        sold_by="weight", priced_by="weight", minimum=300, step=50, stock=10_000
    )
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
    refused = signed_in.post("/orders/place/", form)
    assert refused.status_code == 409
    assert "现按重量出售，请重新选择重量。" in refused.content.decode()
    (line,) = signed_in.get("/cart/lines/", headers=AJAX).json()["data"]["lines"]
    assert (line["quantity"], line["selected"]) == ("300g", True)
    to = signed_in.post(
        "/cart/update/",
        {
            "line": strawberry.pk,
            "sku_id": strawberry.pk,
            f"quantity-{strawberry.pk}": "300 g",
            "action": "checkout",
        },
    )
    assert signed_in.get(to.headers["Location"]).context["orderable"]
    assert bought(signed_in, [strawberry.pk]).status_code == 302
    assert SKU.objects.get(pk=strawberry.pk).stock == 9_700
