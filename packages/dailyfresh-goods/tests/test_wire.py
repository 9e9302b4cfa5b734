"""Nothing that comes over the wire is a fault of the catalogue."""

import pytest
from conftest import Shop
from dailyfresh_core.testing.addresses import fields
from dailyfresh_core.testing.wire import Wire, WireContract
from django.contrib.auth.models import User


class TestTheWire(WireContract):
    @pytest.fixture
    def wire(self, shop: Shop) -> Wire:
        sku = shop.sku()
        boss = User.objects.create_superuser("boss", "boss@shop.example", "secret")
        known = {
            "pk": [str(sku.pk)],
            "slug": ["fruit"],
            "sort": ["default", "price", "sales"],
            "object_id": [str(sku.pk)],
        }
        asked = [
            "sku_id",
            "viewed",
            "p",
            "o",
            "e",
            "q",
            "all",
            "_popup",
            "_to_field",
            "action",
            "_selected_action",
            "format",
        ]
        return Wire(
            visitors=[None, boss], known=known, fields=[*fields(), *asked], values=[str(sku.pk), "import", "csv"]
        )
