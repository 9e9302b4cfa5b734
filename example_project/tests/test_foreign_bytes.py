"""What lies in a session or in Redis may come from anybody: a visitor whose session holds nonsense is a visitor without it."""

from typing import Any

import pytest
from dailyfresh_cart.owners import PENDING
from dailyfresh_core.testing.garbage import json_values
from dailyfresh_goods.history.base import LIST, TOKEN
from dailyfresh_orders.views.checkout import KEYS
from dailyfresh_users.services.sessions import MARK
from dailyfresh_users.views.registration import SENT_TO
from demo.accounts import BUYER, PASSWORD
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

drawn = settings(
    max_examples=8, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
OURS = (PENDING, TOKEN, LIST, KEYS, MARK, SENT_TO)


def put(client: Client, values: dict[str, Any]) -> None:
    session = client.session
    session.update(values)
    session.save()


@pytest.mark.parametrize("signed_in", [False, True])
@drawn
@given(values=st.fixed_dictionaries({}, optional=dict.fromkeys(OURS, json_values)))
def test_nonsense_in_a_session_is_answered_as_nothing(
    signed_in: bool, values: dict[str, Any], buyer: Any, strawberry: Any
) -> None:
    client = Client(raise_request_exception=True)
    if signed_in:
        client.force_login(buyer)
    pk = strawberry.pk
    for path in (
        f"/visitor/?viewed={pk}",
        "/cart/",
        f"/orders/confirm/?buy={pk}:1",
        f"/orders/confirm/?sku_id={pk}",
        "/user/",
        "/user/resend/",
    ):
        put(client, values)
        assert client.get(path).status_code < 500
    put(client, values)
    assert client.post("/cart/add/", {"sku_id": pk, "quantity": 1}).status_code < 500
    put(client, values)
    words = ("/user/logout/", {}) if signed_in else ("/user/login/", {"username": BUYER, "password": PASSWORD})
    assert client.post(*words).status_code < 500
