"""Nothing that comes over the wire is a fault of the cart."""

from collections.abc import Callable
from typing import Any

import pytest
from dailyfresh_core.testing.addresses import fields
from dailyfresh_core.testing.wire import Wire, WireContract
from django.contrib.auth.models import User


class TestTheWire(WireContract):
    @pytest.fixture
    def wire(self, any_store: None, buyer: User, book: Callable[..., Any]) -> Wire:
        sku_id = str(book().pk)
        asked = ["sku_id", "quantity", "undo", "line", "action", f"quantity-{sku_id}", "all"]
        said = [sku_id, "update", "checkout", f"step:1:{sku_id}", f"set:2:{sku_id}", f"remove:{sku_id}", "clear"]
        return Wire(visitors=[None, buyer], known={"sku_id": [sku_id]}, fields=[*fields(), *asked], values=said)
