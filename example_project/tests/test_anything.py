"""What is sold by the store need not be a parcel: a course and a ticket beside the fruit."""

from typing import Any

import pytest
from dailyfresh_goods.models import SKU
from dailyfresh_orders.models import Order
from django.test import Client

AJAX = {"X-Requested-With": "XMLHttpRequest"}
KINDS = {"course": (None, None), "ticket": (9, 7)}
"""Kind -> its stock before two are bought, and after."""


@pytest.fixture
def sold(strawberry: SKU) -> Any:
    """Makes a SKU that nobody carries, with so much stock; one that is free needs no way to pay, and is the buyer's at once."""

    def make(stock: int | None, price: str = "0.00") -> SKU:
        return SKU.objects.create(
            type=strawberry.type,
            spu=strawberry.spu,
            slug="other",
            name="烘焙课",
            unit="次",
            price=price,
            stock=stock,
            requires_shipping=False,
        )

    return make


def confirm(client: Client, *skus: SKU) -> Any:
    for sku in skus:
        assert client.post("/cart/add/", {"sku_id": sku.pk, "quantity": 2}, headers=AJAX).json()["ok"]
    return client.get("/orders/confirm/", {"sku_id": [sku.pk for sku in skus]})


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_one_of_each_kind_is_bought_without_address_and_freight(kind: str, signed_in: Client, sold: Any) -> None:
    before, after = KINDS[kind]
    sku = sold(before)
    page = confirm(signed_in, sku)
    assert (page.context["orderable"], page.context["quote"].freight) == (True, 0)
    assert "收货地址" not in page.content.decode()
    placed = signed_in.post("/orders/place/", {"token": page.context["token"], "payment_method": "cod"})
    assert placed.status_code == 302
    order = Order.objects.latest("pk")
    assert (order.payable, order.street, order.requires_shipping, order.state) == (0, "", False, "received")
    sku.refresh_from_db()
    assert sku.stock == after


@pytest.mark.django_db
def test_fruit_beside_a_course_is_sent_and_the_course_counts_for_what_is_free(
    signed_in: Client, sold: Any, strawberry: SKU
) -> None:
    page = confirm(signed_in, sold(None, "80.00"), strawberry)
    assert page.context["quote"].freight == 0
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
    assert signed_in.post("/orders/place/", form).status_code == 302
    order = Order.objects.latest("pk")
    assert (order.requires_shipping, order.receiver != "") == (True, True)
    assert SKU.objects.get(pk=strawberry.pk).stock == strawberry.stock - 2


@pytest.mark.django_db
def test_what_loses_its_count_while_the_confirm_page_is_open_is_bought_all_the_same(
    signed_in: Client, sold: Any
) -> None:
    sku = sold(9)
    page = confirm(signed_in, sku)
    SKU.objects.filter(pk=sku.pk).update(stock=None)
    placed = signed_in.post("/orders/place/", {"token": page.context["token"], "payment_method": "cod"})
    assert placed.status_code == 302
