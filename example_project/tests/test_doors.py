"""Whatever is sent to the store, at each of its addresses, is no error of the store's own."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

NUL = "a\x00b"
NAMES = (
    "action", "address", "buy", "category", "code", "district_code", "email", "filename", "file", "gateway", "high", "image",
    "in_stock", "key", "line", "low", "name", "next", "note", "number", "o", "once", "order", "out_trade_no", "p", "page",
    "parent", "password", "payment_method", "phone", "postcode", "q", "quantity", "reason", "receiver", "search", "selected",
    "sign", "sku_id", "slug", "sort", "stars", "state", "street", "text", "title", "token", "trade_no", "undo", "username",
    "viewed", "_selected_action",
)  # fmt: skip
"""What the store's pages, scripts and staff ask by."""


def routes(patterns: list[Any], prefix: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def address(route: str) -> str:
    """One address of the route, with a NUL wherever it takes one."""
    fill = {"int": "1", "slug": "a", "dailyfresh_goods_number": "1"}
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda part: fill.get(part[1], "a%00b"), route)
    return re.sub(r"\(\?P<\w+>[^)]*\)|[\^$\\]", "", route)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["buyer", "merchant"])
def test_a_nul_is_refused_before_a_database_that_keeps_none_hears_of_it(
    who: str, request: pytest.FixtureRequest, client: Client
) -> None:
    account = request.getfixturevalue(who)
    if connection.vendor != "postgresql":
        pytest.skip("the other databases keep NULs")
    client.force_login(account)
    sent = dict.fromkeys(NAMES, NUL)
    asked = {address(route) for route in routes(get_resolver().url_patterns) if not route.startswith("/media/")}
    assert len(asked) > 150
    for path in sorted(asked):
        for send in (client.get, client.post):
            with transaction.atomic():  # what fails would spoil the rest of the test's transaction
                assert send(path, sent).status_code != 500, path
