"""Nothing that comes over the wire is a fault of the promotions."""

import pytest
from dailyfresh_core.testing.addresses import fields
from dailyfresh_core.testing.wire import Wire, WireContract
from dailyfresh_promotions.stored_rules import Kind
from django.contrib.auth.models import User


class TestTheWire(WireContract):
    @pytest.fixture
    def wire(self, buyer, batch, coupon, rule, book):
        coupon(buyer)
        made, sku_id = batch(code="spring"), book()
        rule(budget={"quantity": 9})
        rule("flash", {}, items=[{"sku_id": sku_id, "price": "1.00", "quantity": 5}])
        boss = User.objects.create_superuser("boss", "boss@shop.example", "secret")
        asked = ["code", "state", "kind", "p", "o", "q", "all", "action", "_selected_action", "_popup", "at_0", "at_1"]
        return Wire(
            visitors=[None, buyer, boss],
            known={"pk": [str(made.pk)], "object_id": [str(made.pk), "1"]},
            fields=[*fields(), *asked],
            values=["spring", "used", sku_id, f"{sku_id} 2", *Kind.values],
        )
