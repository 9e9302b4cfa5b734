"""The browsing history: newest first, each once, bounded, recorded without touching the page."""

import sys
import time
from typing import Any

import pytest
from conftest import BASE, Shop
from dailyfresh_goods.checks import check_settings
from dailyfresh_goods.selectors import history_of
from dailyfresh_goods.services import forget_history, merge_history
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.test import Client

OURS = {"headers": {"sec-fetch-site": "same-origin"}}


@pytest.fixture(params=["session", "redis"])
def history(request: Any, settings: Any) -> None:
    if request.param == "redis":
        request.getfixturevalue("redis_cache")
        backend = {"BACKEND": "dailyfresh_goods.history.redis.RedisHistory", "OPTIONS": {"length": 6}}
    else:
        backend = {"BACKEND": "dailyfresh_goods.history.session.SessionHistory", "OPTIONS": {"length": 6}}
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "HISTORY": backend}
    if request.param == "redis":
        from django_redis import get_redis_connection

        redis = get_redis_connection("default")
        for key in redis.scan_iter("dailyfresh_goods:history:*"):
            redis.delete(key)


def view(client: Client, *skus: Any) -> list[str]:
    """The names in the history after looking at the goods, one after the other."""
    answer = None
    for sku in skus:
        answer = client.get(f"{BASE}/visitor/", {"viewed": sku.pk}, **OURS)
    if answer is None:
        answer = client.get(f"{BASE}/visitor/", **OURS)
    return [card["name"] for card in answer.json()["data"]["history"]]


def test_the_newest_comes_first_and_nothing_twice(history: None, shop: Shop, client: Client) -> None:
    a, b, c = (shop.sku(name) for name in "ABC")
    assert view(client, a, b, c, a) == ["A", "C", "B"]
    assert view(Client()) == []


def test_a_machine_that_comes_as_somebody_else_each_time_is_not_remembered(
    history: None, shop: Shop, client: Client, settings: Any
) -> None:
    settings.DAILYFRESH = {"ALLOWANCES": {"guest_history": (2, 3600)}}
    cache.clear()
    a, b = shop.sku("A"), shop.sku("B")
    assert [view(guest, a) for guest in (client, Client(), Client(), Client())] == [["A"], ["A"], [], []]
    assert view(client, b) == ["B", "A"]


def test_it_is_bounded_and_shows_five(history: None, shop: Shop, client: Client) -> None:
    skus = shop.skus(8)
    assert view(client, *skus) == [f"Goods {n}" for n in (7, 6, 5, 4, 3)]
    for sku in skus[3:]:
        sku.delete()
    assert view(client) == ["Goods 2"]  # six are kept: 2 to 7


def test_what_is_kept_of_a_user_is_told_or_the_store_is_said_to_be_away(
    shop: Shop, redis_cache: Any, settings: Any, monkeypatch: Any
) -> None:
    backend = {"BACKEND": "dailyfresh_goods.history.redis.RedisHistory", "OPTIONS": {}}
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "HISTORY": backend}
    user, sku = User.objects.create_user("mei", password="secret"), shop.sku("A")
    client = Client()
    client.force_login(user)
    view(client, sku)
    assert history_of(str(user.pk)) == [str(sku.pk)]

    def unreachable(*args: Any, **kwargs: Any) -> None:
        raise OSError("down")

    with monkeypatch.context() as down:
        down.setattr("django_redis.client.DefaultClient.get_client", unreachable)
        with pytest.raises(OSError, match="down"):
            history_of(str(user.pk))


def test_goods_gone_or_off_sale_drop_out(history: None, shop: Shop, client: Client) -> None:
    a, b, c = (shop.sku(name) for name in "ABC")
    view(client, a, b, c)
    a.delete()
    b.on_sale = False
    b.save()
    assert view(client) == ["C"]


def test_a_guests_history_goes_before_the_users_at_login(history: None, shop: Shop, client: Client) -> None:
    def connected(sender: Any, request: Any, user: Any, **_: Any) -> None:
        merge_history(session=request.session, user_id=str(user.pk))

    user_logged_in.connect(connected)
    try:
        user = User.objects.create_user("mei", password="secret")
        a, b, c, d = (shop.sku(name) for name in "ABCD")
        view(client, a, b)
        client.login(username="mei", password="secret")
        assert view(client) == ["B", "A"]
        client.logout()
        guest = Client()
        view(guest, c, a, d)
        guest.login(username="mei", password="secret")
        seen = view(guest)
        assert seen[:3] == ["D", "A", "C"]
        view(guest, b)
        forget_history(user_id=str(user.pk))
    finally:
        user_logged_in.disconnect(connected)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example"},
        {"referer": "https://evil.example/x"},
        {},
    ],
)
def test_another_site_cannot_fill_the_history(headers: dict[str, str], shop: Shop, client: Client) -> None:
    sku = shop.sku()
    answer = client.get(f"{BASE}/visitor/", {"viewed": sku.pk}, headers=headers)
    assert answer.json()["data"]["history"] == []


def test_a_browser_without_fetch_metadata_is_known_by_its_referer(shop: Shop, client: Client) -> None:
    sku = shop.sku("A")
    answer = client.get(f"{BASE}/visitor/", {"viewed": sku.pk}, headers={"referer": "http://testserver/goods/1/"})
    assert [card["name"] for card in answer.json()["data"]["history"]] == ["A"]


@pytest.mark.parametrize("viewed", ["", "0", "-1", "01", "x" * 500, "9" * 40, "1; DROP"])
def test_ids_that_cannot_be_ours_are_not_recorded(viewed: str, history: None, shop: Shop, client: Client) -> None:
    client.get(f"{BASE}/visitor/", {"viewed": viewed}, **OURS)
    assert "dailyfresh_goods_history" not in client.session
    assert "dailyfresh_goods_visitor" not in client.session


def test_a_visitor_who_looks_at_nothing_gets_no_session_from_us(shop: Shop, settings: Any) -> None:
    settings.CSRF_USE_SESSIONS = False
    client = Client()
    client.get(f"{BASE}/visitor/", **OURS)
    assert "sessionid" not in client.cookies


def test_without_redis_the_history_is_empty_and_nothing_fails(shop: Shop, settings: Any) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "gone": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"},
    }
    backend = {"BACKEND": "dailyfresh_goods.history.redis.RedisHistory", "OPTIONS": {"alias": "gone"}}
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "HISTORY": backend}
    sku = shop.sku()
    began = time.monotonic()
    assert view(Client(), sku) == []
    assert time.monotonic() - began < 3


def test_a_look_costs_one_redis_round_trip(redis_cache: Any, shop: Shop, settings: Any, admin_client: Client) -> None:
    from unittest.mock import patch

    from redis.connection import AbstractConnection

    backend = {"BACKEND": "dailyfresh_goods.history.redis.RedisHistory"}
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "HISTORY": backend}
    sku = shop.sku()
    view(admin_client, sku)
    with patch.object(
        AbstractConnection, "send_packed_command", autospec=True, side_effect=AbstractConnection.send_packed_command
    ) as sent:
        view(admin_client, sku)
    assert sent.call_count == 1


def test_a_history_in_redis_without_its_extra_is_a_sentence_that_names_it(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redis.exceptions", None)
    monkeypatch.delitem(sys.modules, "dailyfresh_goods.history.redis", raising=False)
    backend = {"BACKEND": "dailyfresh_goods.history.redis.RedisHistory", "OPTIONS": {"length": 7}}
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "HISTORY": backend}
    (message,) = check_settings()
    assert message.id == "dailyfresh_goods.E002"
    assert 'a history in Redis needs an extra: pip install "dailyfresh-goods[redis]"' in message.msg
