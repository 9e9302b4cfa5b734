"""From a button on a page to a message: the catalogue knows who waits, the orders tell them."""

from typing import Any

import pytest
from dailyfresh_cart.services import add_to_cart
from dailyfresh_cart.stores.base import user_owner
from dailyfresh_goods.services import add_stock, change_skus
from dailyfresh_goods.tasks import tell_of_returns
from dailyfresh_orders.models import Letter
from dailyfresh_orders.tasks import drain
from dailyfresh_users.services import export_account
from django.core import mail
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_dead_line_of_the_cart_asks_to_be_told_and_the_message_leads_back(
    signed_in: Client, buyer: Any, strawberry: Any
) -> None:
    sku_id = str(strawberry.pk)
    add_to_cart(owner=user_owner(buyer), quantities={sku_id: 1})
    change_skus(sku_ids=[sku_id], stock=0)
    button = f'formaction="/wishes/back/{sku_id}/?next=/cart/"'
    assert button in signed_in.get("/cart/").content.decode()

    asked = signed_in.post(f"/wishes/back/{sku_id}/?next=/cart/", {"on": 1})

    assert asked.url == "/cart/"
    page = signed_in.get("/cart/").content.decode()
    assert button not in page
    assert "到货后会通知您" in page

    add_stock(sku_id=sku_id, pieces=9)
    tell_of_returns()
    drain()

    letter = Letter.objects.filter(user=buyer, channel="shop").order_by("-pk")[0]
    assert strawberry.name in signed_in.get("/orders/messages/").content.decode()
    assert signed_in.post(f"/orders/messages/{letter.pk}/").url == strawberry.get_absolute_url()
    assert [each.to for each in mail.outbox if strawberry.name in each.subject] == [[buyer.email]]


def test_a_persons_data_holds_their_wishes(signed_in: Client, buyer: Any, strawberry: Any) -> None:
    signed_in.post(f"/wishes/favourite/{strawberry.pk}/", {"on": 1})

    assert [(each["kind"], each["name"]) for each in export_account(user=buyer)["wishes"]] == [
        ("favourite", strawberry.name)
    ]
