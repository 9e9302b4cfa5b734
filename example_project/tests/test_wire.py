"""Nothing that comes over the wire is a fault of the store."""

from typing import Any

import pytest
from dailyfresh_core.testing.addresses import fields
from dailyfresh_core.testing.wire import Wire, WireContract
from dailyfresh_orders.checkout.quotes import BUY, quote
from dailyfresh_orders.checkout.signed_quotes import signed
from dailyfresh_orders.models import Order
from dailyfresh_orders.services import place_order
from dailyfresh_users.addresses import AddressBook
from django.test import Client

QUERY = [
    *("q", "buy", "sku_id", "viewed", "type", "sort", "min", "max", "_popup", "_to_field", "_changelist_filters"),
    *("p", "o", "e", "all", "term"),
]

BODIES = [
    (b"garbage", "multipart/form-data"),
    (b"garbage", "multipart/form-data; boundary="),
    (b"garbage", "multipart/form-data; boundary=XX"),
    (b"&".join(b"p%d=1" % n for n in range(1100)), "application/x-www-form-urlencoded"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/user/login/", "/cart/add/", "/en/", "/nowhere/", "/orders/place/"])
@pytest.mark.parametrize(("body", "kind"), BODIES)
def test_a_body_that_cannot_be_read_is_refused_everywhere(path: str, body: bytes, kind: str) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    token = client.get("/visitor/").json()["data"]["csrf"]

    assert client.generic("POST", path, body, kind, headers={"X-CSRFToken": token}).status_code < 500


@pytest.mark.parametrize("header", ["Referer", "Origin"])
def test_an_address_that_is_none_comes_from_nowhere(client: Client, buyer: Any, header: str) -> None:
    client.force_login(buyer)
    script = {"X-Requested-With": "XMLHttpRequest", header: "http://[::1"}
    for path in ("/orders/pay/", "/orders/place/", "/user/erase/", "/cart/add/", "/user/login/"):
        assert client.post(path, {"sku_id": "1"}, headers=script).status_code < 500
    for path in ("/visitor/?viewed=1", "/cart/lines/", "/orders/", "/user/login/?next=http://[::1"):
        assert client.get(path, headers=script).status_code < 500


@pytest.mark.parametrize(
    "query",
    [
        *(
            "dailyfresh_orders/order/?placed_at__year=99999",
            "dailyfresh_goods/sku/?price__range=1",
            "dailyfresh_users/user/?id__regex=%2B",
        ),
        *(
            "dailyfresh_orders/order/?placed_at__year=" + "9" * 30,
            "dailyfresh_orders/payment/?id__range=1,2,3",
        ),
    ],
)
def test_a_list_of_the_admin_says_that_its_filter_is_none(client: Client, merchant: Any, query: str) -> None:
    client.force_login(merchant)

    response = client.get(f"/admin/{query}")

    assert (response.status_code, response.url.rpartition("?")[2]) == (302, "e=1")
    assert client.get(response.url).status_code == 200


def test_a_number_too_large_for_its_column_finds_nothing_in_the_admin(client: Client, merchant: Any) -> None:
    client.force_login(merchant)

    response = client.get("/admin/dailyfresh_search/synonym/?id__in=" + "9" * 30, follow=True)

    # SQLite cannot take it, so the list says that it is no filter; the servers compare it and find none.
    assert response.status_code == 200


class TestTheWire(WireContract):
    requests = 600

    @pytest.fixture
    def order(self, buyer: Any, strawberry: Any) -> Order:
        book = AddressBook()
        address = book.choices(buyer)[0]
        token = signed(quote({str(strawberry.pk): 1}, source=BUY, address=address), user=buyer)
        return place_order(user=buyer, token=token, address_id=address.id, payment_method="cod").order

    @pytest.fixture
    def wire(self, buyer: Any, merchant: Any, strawberry: Any, order: Order) -> Wire:
        sku_id = str(strawberry.pk)
        known = {
            "pk": [sku_id],
            "sku_id": [sku_id],
            "object_id": ["1", sku_id],
            "number": [order.number],
            "slug": [strawberry.type.slug],
            "sort": ["default", "price", "sales"],
            "code": ["alipay", "cod"],
            "section": ["goods", "types"],
            "app_label": ["dailyfresh_orders", "dailyfresh_goods"],
        }
        return Wire(
            visitors=[None, buyer, merchant],
            known=known,
            fields=[*fields(), *QUERY],
            values=[sku_id, f"{sku_id}:1", "add", "1,2"],
            outside=["/admin/auth/", "/en/admin/auth/"],  # Django's own lists
        )
