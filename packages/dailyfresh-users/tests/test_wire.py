"""Nothing that comes over the wire is a fault of the accounts."""

from typing import Any

import pytest
from conftest import ADDRESS, PASSWORD
from dailyfresh_core.testing.addresses import fields
from dailyfresh_core.testing.wire import Wire, WireContract
from dailyfresh_users.services import add_address
from django.contrib.auth import get_user_model


class TestTheWire(WireContract):
    @pytest.fixture
    def wire(self, user: Any) -> Wire:
        address = add_address(user=user, values=ADDRESS)
        boss = get_user_model()(is_staff=True, is_superuser=True, **{get_user_model().USERNAME_FIELD: "boss"})
        boss.save()
        said = [user.get_username(), PASSWORD, "boss", *map(str, ADDRESS.values())]
        return Wire(visitors=[None, user, boss], known={"pk": [str(address.pk)]}, fields=fields(), values=said)
