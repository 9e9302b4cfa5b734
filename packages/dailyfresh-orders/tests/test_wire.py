"""Nothing that comes over the wire is a fault of the orders."""

import pytest
from dailyfresh_core.testing.addresses import fields
from dailyfresh_core.testing.wire import Wire, WireContract
from dailyfresh_orders.checkout.quotes import BUY, quote
from dailyfresh_orders.checkout.signed_quotes import signed
from dailyfresh_orders.models import Order
from django.contrib.auth import get_user_model
from minisite.shop.joins import AddressBook


class TestTheWire(WireContract):
    @pytest.fixture
    def wire(self, buyer, stranger, apple, pear, make_order):
        boss = get_user_model().objects.create_superuser("boss", password="secret")
        made = [make_order({apple: 1}), make_order({pear: 1}, payment_method="voucher")]
        done = make_order({apple: 1})
        Order.objects.filter(pk=done.pk).update(state=Order.State.RECEIVED)
        address = AddressBook().choices(buyer)[0]
        token = signed(quote({str(apple.pk): 1}, source=BUY, address=address), user=buyer)
        known = {
            "number": [order.number for order in (*made, done)],
            "pk": ["1"],
            "object_id": [str(made[0].pk)],
            "sku_id": [str(apple.pk)],
            "code": ["voucher", "cod"],
        }
        asked = [
            "sku_id",
            "buy",
            "order",
            "state",
            "quote",
            "address",
            "address_id",
            "p",
            "o",
            "q",
            "_popup",
            "action",
            "_selected_action",
        ]
        said = [str(apple.pk), f"{apple.pk}:1", token, address.id, "cod", "voucher", made[0].number, done.number]
        return Wire(visitors=[None, buyer, stranger, boss], known=known, fields=[*fields(), *asked], values=said)
