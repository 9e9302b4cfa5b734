"""An order without an account: placed, found again, and brought along into an account."""

from typing import Any

import pytest
from dailyfresh_cart.selectors import cart_of
from dailyfresh_cart.stores.base import user_owner
from dailyfresh_orders.models import Order
from dailyfresh_orders.services import address_messages, send_letters, settle_baskets
from dailyfresh_promotions.models import Rule
from dailyfresh_users.models import Address, Registration
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
HOME = {
    "receiver": "林晓禾",
    "phone": "13800136021",
    "province": "11",
    "city": "1101",
    "district_code": "110108",
    "street": "科育南路 2 号院 5 号楼",
}


def as_guest(client: Client, sku_id: str, **more: str) -> str:
    """To the confirm page from the cart of somebody whom the shop does not know; its address."""
    confirm = f"{reverse('dailyfresh_orders:confirm')}?sku_id={sku_id}"
    client.post(reverse("dailyfresh_cart:add"), {"sku_id": sku_id, "quantity": 2})
    asked = client.get(confirm)
    assert reverse("dailyfresh_users:guest") in client.get(asked.url).content.decode()
    assert client.post(reverse("dailyfresh_users:guest"), {"next": confirm, **more}).url == confirm
    client.post(reverse("dailyfresh_users:address_add"), HOME)
    return confirm


def place(client: Client, confirm: str) -> Order:
    page = client.get(confirm)
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
    assert client.post(reverse("dailyfresh_orders:place"), form).status_code == 302
    return Order.objects.get()


def test_a_guest_orders_from_the_cart_and_finds_the_order_from_another_browser(client: Client, strawberry: Any) -> None:
    order = place(client, as_guest(client, str(strawberry.pk)))
    assert order.phone == HOME["phone"]
    other = Client()
    found = other.post(reverse("dailyfresh_orders:find"), {"number": order.number, "phone": HOME["phone"]})
    assert order.number in other.get(found.url).content.decode()
    assert other.get(order.get_absolute_url()).status_code == 302


def test_a_guest_who_gives_an_address_reads_there_what_becomes_of_the_order(
    client: Client, strawberry: Any, mailoutbox: Any
) -> None:
    order = place(client, as_guest(client, str(strawberry.pk), email="mei@example.com"))
    address_messages()
    send_letters()
    told = [mail for mail in mailoutbox if mail.to == ["mei@example.com"]]
    assert [order.number in f"{mail.subject}{mail.body}" for mail in told] == [True]


def test_a_guest_is_told_how_the_order_is_found_again(client: Client, strawberry: Any, buyer: Any) -> None:
    order = place(client, as_guest(client, str(strawberry.pk)))
    paid = f"{order.get_absolute_url()}pay/"
    assert f"请记下订单编号 {order.number}" in client.get(paid).content.decode()
    assert reverse("dailyfresh_orders:find") in Client().get("/user/login/").content.decode().partition("<footer")[0]
    client.force_login(buyer)
    order.user = buyer
    order.save()
    assert "请记下订单编号" not in client.get(paid).content.decode()


def test_an_account_that_signs_in_there_has_the_guests_order_cart_and_address(
    client: Client, strawberry: Any, buyer: Any
) -> None:
    order = place(client, as_guest(client, str(strawberry.pk)))
    client.post(reverse("dailyfresh_cart:add"), {"sku_id": str(strawberry.pk), "quantity": 3})
    client.post(reverse("dailyfresh_users:login"), {"username": buyer.get_username(), "password": "dailyfresh-2026"})
    order.refresh_from_db()
    assert order.user == buyer
    settle_baskets()
    assert [line.quantity for line in cart_of(user_owner(buyer)).lines] == [3]
    assert buyer in [address.user for address in Address.objects.filter(street=HOME["street"])]
    assert not Registration.objects.filter(guest=True).exists()


def test_offers_for_members_are_for_accounts_and_not_for_guests(client: Client, strawberry: Any, buyer: Any) -> None:
    prices = {str(strawberry.pk): "1.00"}
    Rule.objects.create(name="member", kind="price", params={"prices": prices}, audience="members", alone=True)
    confirm = as_guest(client, str(strawberry.pk))
    assert not client.get(confirm).context["quote"].extras.offers
    client.force_login(buyer)
    buying = client.get(reverse("dailyfresh_orders:confirm"), {"buy": f"{strawberry.pk}:1"})
    assert "promotions:rule" in buying.context["quote"].extras.offers[0].source
