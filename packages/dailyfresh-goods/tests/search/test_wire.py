"""Nothing that comes over the wire is a fault of the search."""

import pytest
from dailyfresh_core.testing.addresses import fields
from dailyfresh_core.testing.wire import Wire, WireContract
from django.contrib.auth.models import User


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
class TestTheWire(WireContract):
    @pytest.fixture
    def wire(self, shop: dict[str, int]) -> Wire:
        boss = User.objects.create_superuser("boss", "boss@shop.example", "secret")
        said = ["草莓", "caomei", "苹果 -红", "fruit", "price", "sales"]
        return Wire(visitors=[None, boss], fields=fields(), values=said, outside=["/admin"])
