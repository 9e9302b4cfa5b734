"""Nothing that comes over the wire is a fault of the promotions."""

import pytest
from dailyfresh_core.testing.addresses import fields
from dailyfresh_core.testing.wire import Wire, WireContract


class TestTheWire(WireContract):
    @pytest.fixture
    def wire(self, buyer, batch, coupon):
        coupon(buyer)
        made = batch(code="spring")
        return Wire(
            visitors=[None, buyer],
            known={"pk": [str(made.pk)]},
            fields=[*fields(), "code", "state", "page"],
            values=["spring", "used"],
        )
