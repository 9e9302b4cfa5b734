"""What Redis holds under our keys may come from anybody: it is left out or thrown away, and the page goes on."""

import os
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_goods.selectors import history_of
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.test import Client
from django_redis import get_redis_connection

pytestmark = pytest.mark.django_db
BYTES = [b"", b"\xff\xfe", b"\x80\x04garbage", b"text", b"12", b"\x80\x04N."]  # the last one is a pickled None


@pytest.fixture
def redis(redis_cache: Any) -> Any:
    return get_redis_connection("default")


def keys(redis: Any, words: str) -> list[bytes]:
    return [key for key in redis.keys(f"*{words}*") if redis.type(key) == b"string"]


@pytest.mark.parametrize("value", BYTES)
def test_pages_are_made_anew_where_the_cache_holds_nonsense(
    value: bytes, redis: Any, client: Client, shop: Shop
) -> None:
    page = f"/goods-shop/goods/{shop.sku('Pear').pk}/"
    assert client.get(page).status_code == 200
    spoilt = keys(redis, "dailyfresh_goods:")
    assert spoilt
    for key in spoilt:
        redis.set(key, value)

    assert "Pear" in client.get(page).content.decode()
    assert "Pear" in client.get(page).content.decode()

    assert [key for key in keys(redis, "dailyfresh_goods:") if redis.get(key) == value and b":v:" not in key] == []


def test_an_entry_of_another_shape_is_no_entry(redis: Any, client: Client, shop: Shop) -> None:
    page = f"/goods-shop/goods/{shop.sku('Pear').pk}/"
    for nonsense in ("text", (1, 2), ("a", "b", "c"), {"a": 1}, None, 7):
        client.get(page)
        for key in list(caches["default"].iter_keys("*dailyfresh_goods:*")):
            caches["default"].set(key, nonsense)
        assert "Pear" in client.get(page).content.decode()


@pytest.mark.parametrize("value", BYTES)
def test_a_history_names_no_goods_by_what_is_no_number(
    value: bytes, redis: Any, settings: Any, client: Client, shop: Shop
) -> None:
    settings.DAILYFRESH_GOODS = {
        **settings.DAILYFRESH_GOODS,
        "HISTORY": {"BACKEND": "dailyfresh_goods.history.redis.RedisHistory"},
    }
    # Nobody's number but this process's: others may test on the same Redis.
    buyer = get_user_model().objects.create_user("lin", pk=os.getpid())
    client.force_login(buyer)
    key = f"dailyfresh_goods:history:user:{buyer.pk}"
    redis.lpush(key, value, str(shop.sku("Pear").pk))
    try:
        shown = client.get("/goods-shop/visitor/").json()["data"]["history"]
    finally:
        redis.delete(key)
    assert [card["name"] for card in shown] == ["Pear"]


def test_a_history_that_is_none_is_dropped_and_begun_anew(
    redis: Any, settings: Any, client: Client, shop: Shop
) -> None:
    settings.DAILYFRESH_GOODS = {
        **settings.DAILYFRESH_GOODS,
        "HISTORY": {"BACKEND": "dailyfresh_goods.history.redis.RedisHistory"},
    }
    user = get_user_model().objects.create(pk=os.getpid() + 10**6)
    key = f"dailyfresh_goods:history:user:{user.pk}"
    try:
        redis.hset(key, "a", "b")
        assert history_of(str(user.pk)) == []
        redis.set(key, "text")
        client.force_login(user)
        sku = shop.sku("Pear")
        for _once_more in range(2):
            client.get(f"/goods-shop/visitor/?viewed={sku.pk}", headers={"Sec-Fetch-Site": "same-origin"})
        assert history_of(str(user.pk)) == [str(sku.pk)]
    finally:
        redis.delete(key)
