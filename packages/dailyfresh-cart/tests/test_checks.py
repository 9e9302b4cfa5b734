"""System checks: each says what is wrong, and what to do."""

import os
import subprocess
import sys
from typing import Any

import pytest
from dailyfresh_cart.conf import conf
from dailyfresh_cart.stores import redis_checks
from django.core.checks import run_checks

CACHE = {
    "BACKEND": "django_redis.cache.RedisCache",
    "LOCATION": "redis://127.0.0.1:6379/1",
    "OPTIONS": {"SOCKET_TIMEOUT": 2},
}
LOCAL = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
REDIS = "dailyfresh_cart.stores.redis.RedisStore"


def with_settings(settings: Any, **changed: Any) -> list[Any]:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | changed
    return run_checks(tags=["dailyfresh_cart"])


def test_the_mini_site_is_in_order() -> None:
    assert run_checks(tags=["dailyfresh_cart"]) == []


def test_an_unknown_setting_is_named_with_the_nearest_that_is_known(settings: Any) -> None:
    (message,) = with_settings(settings, MERGE_POLICIES="sum")
    assert (message.id, message.hint) == ("dailyfresh_cart.W001", "Did you mean 'MERGE_POLICY'?")


@pytest.mark.parametrize("catalogue", ["", "minisite.nothing.Here", "minisite.books.Nothing", "decimal.Decimal"])
def test_a_catalogue_that_is_none_is_an_error(settings: Any, catalogue: Any) -> None:
    (message,) = with_settings(settings, CATALOGUE=catalogue)
    assert message.id == "dailyfresh_cart.E001"
    assert "CATALOGUE" in message.msg


@pytest.mark.parametrize(
    ("store", "text"),
    [
        ({}, "BACKEND"),
        ({"BACKEND": "nowhere.Store"}, "BACKEND"),
        ({"BACKEND": 5}, "BACKEND"),
        ({"BACKEND": "decimal.Decimal"}, "is no CartStore"),
        ({"BACKEND": "math.floor"}, "is no CartStore"),
        ({"BACKEND": REDIS, "OPTIONS": {"client": "minisite.nowhere.client"}}, "minisite.nowhere"),
        ({"BACKEND": REDIS, "OPTIONS": {"client": "client"}}, "client"),
        ({"BACKEND": REDIS, "OPTIONS": {"client": "math.pi"}}, "math.pi cannot be called"),
        ("redis", "BACKEND"),
        ({"BACKEND": REDIS, "OPTIONS": ["redis://b"]}, "OPTIONS"),
        ({"BACKEND": REDIS, "OPTIONS": {"url": "redis://b", "prefix": 5}}, "OPTIONS"),
        ({"BACKEND": REDIS, "OPTIONS": {"url": "redis://b", "timeout": "2"}}, "OPTIONS"),
        ({"BACKEND": REDIS, "OPTIONS": {"url": "redis://b", "timeout": 0}}, "timeout"),
        ({"BACKEND": REDIS, "OPTIONS": {"allias": "x"}}, "allias"),
        ({"BACKEND": REDIS, "OPTIONS": {}}, "just one"),
        ({"BACKEND": REDIS, "OPTIONS": {"alias": "a", "url": "redis://b"}}, "just one"),
        ({"BACKEND": REDIS, "OPTIONS": {"url": "redis://b", "prefix": "a{b}"}}, "prefix"),
        ({"BACKEND": REDIS, "OPTIONS": {"alias": "nowhere"}}, "not in CACHES"),
        ({"BACKEND": REDIS, "OPTIONS": {"alias": "default"}}, "no cache of django-redis"),
    ],
)
def test_a_store_that_does_not_fit_is_an_error_that_names_the_option(settings: Any, store: Any, text: str) -> None:
    (message,) = with_settings(settings, STORE=store)
    assert message.id == "dailyfresh_cart.E002"
    assert text in message.msg


@pytest.mark.parametrize(
    "changed",
    [
        {"MERGE_POLICY": "add"},
        {"MERGE_POLICY": ["sum"]},
        {"LOW_STOCK": -1},
        {"LOW_STOCK": None},
        {"GUESTS": "no"},
        {"GUEST_COOKIE": "my cart"},
        {"GUEST_COOKIE": ""},
        {"JQUERY_URL": False},
        {"FREE_DELIVERY_FROM": "-1"},
        {"FREE_DELIVERY_FROM": "NaN"},
        {"FREE_DELIVERY_FROM": ""},
        {"MAX_LINES": 0},
        {"MAX_QUANTITY": "9"},
        {"GUEST_DAYS": True},
        {"FREE_DELIVERY_FROM": "much"},
        {"FREE_DELIVERY_FROM": []},
        {"CATALOGUE": 5},
        {"CHECKOUT_URL": 5},
        {"SHOP_URL": None},
    ],
)
def test_a_value_that_cannot_be_is_an_error(settings: Any, changed: dict[str, Any]) -> None:
    (message,) = with_settings(settings, **changed)
    assert message.id == "dailyfresh_cart.E003"
    assert next(iter(changed)) in message.msg
    assert message.hint


@pytest.mark.parametrize("key", ["CHECKOUT_URL", "SHOP_URL"])
@pytest.mark.parametrize("value", ["nowhere:at_all", "nowhere"])
def test_a_way_on_that_no_url_has_is_an_error(settings: Any, key: str, value: Any) -> None:
    (message,) = with_settings(settings, **{key: value})
    assert message.id == "dailyfresh_cart.E004"
    assert key in message.msg
    assert message.hint


def test_a_site_that_forgot_the_urls_is_told(settings: Any) -> None:
    settings.ROOT_URLCONF = "django.contrib.auth.urls"
    assert {"dailyfresh_cart.W002"} <= {message.id for message in with_settings(settings, CHECKOUT_URL=None)}


@pytest.mark.parametrize(
    ("caches", "options", "expected"),
    [
        ({"default": LOCAL, "cart": CACHE}, {"alias": "cart"}, []),
        ({"default": CACHE}, {"alias": "default"}, ["W003"]),
        ({"default": CACHE, "cart": CACHE}, {"alias": "cart"}, ["W003"]),
        ({"default": CACHE, "cart": CACHE | {"LOCATION": "redis://127.0.0.1/1"}}, {"alias": "cart"}, ["W003"]),
        ({"default": CACHE, "cart": CACHE | {"LOCATION": "redis://127.0.0.1:6379/2"}}, {"alias": "cart"}, []),
        ({"default": CACHE, "cart": CACHE | {"LOCATION": "redis://other:6379/1"}}, {"alias": "cart"}, []),
        ({"default": LOCAL, "cart": CACHE | {"OPTIONS": {}}}, {"alias": "cart"}, ["W004"]),
        ({"default": CACHE}, {"url": "redis://127.0.0.1:6379/1"}, ["W003"]),
        ({"default": CACHE}, {"url": "redis://127.0.0.1:6379/3"}, []),
        ({"default": CACHE}, {"client": "redis.Redis"}, []),
    ],
)
def test_carts_that_a_cleared_cache_would_take_along_are_warned_of(
    settings: Any, caches: Any, options: Any, expected: list[str]
) -> None:
    settings.CACHES = caches
    found = with_settings(settings, STORE={"BACKEND": REDIS, "OPTIONS": options})
    assert [message.id for message in found] == [f"dailyfresh_cart.{one}" for one in expected]
    assert all(message.hint for message in found)


class Server:
    def __init__(self, **nodes: Any) -> None:
        self.nodes = nodes

    def info(self, section: str) -> Any:
        return self.nodes.get("one", self.nodes)


def test_a_server_that_may_drop_carts_is_warned_of() -> None:
    full = {"maxmemory": 100, "maxmemory_policy": "allkeys-lru"}
    (message,) = redis_checks.server_messages(Server(one=full))
    assert message.id == "dailyfresh_cart.W006"
    assert "allkeys-lru" in message.msg
    assert redis_checks.server_messages(Server(one={**full, "maxmemory": 0})) == []
    assert redis_checks.server_messages(Server(one={**full, "maxmemory_policy": "noeviction"})) == []
    assert len(redis_checks.server_messages(Server(a=full, b=full, c={**full, "maxmemory": 0}))) == 1


def test_the_real_server_is_asked_with_deploy(in_redis: Any) -> None:
    asked = run_checks(tags=["dailyfresh_cart"], include_deployment_checks=True)
    assert {message.id for message in asked} <= {"dailyfresh_cart.W006"}


def test_a_server_that_is_down_is_a_warning_and_no_crash(behind_a_line: Any) -> None:
    behind_a_line.cut()
    assert run_checks(tags=["dailyfresh_cart"]) == []
    (message,) = run_checks(tags=["dailyfresh_cart"], include_deployment_checks=True)
    assert message.id == "dailyfresh_cart.W005"


def test_no_default_names_another_package_of_the_suite() -> None:
    for key in conf.KEYS:
        assert not any(name in repr(getattr(conf, key)) for name in ("_users", "_goods", "_orders", "_fdfs"))


def test_the_migrations_are_whole_whatever_the_site_sets() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run", "dailyfresh_cart"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "minisite.settings", "PYTHONPATH": "tests"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_carts_in_redis_without_its_extra_are_a_sentence_that_names_it(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.delitem(sys.modules, "dailyfresh_cart.stores.redis")
    (message,) = with_settings(settings, STORE={"BACKEND": REDIS, "OPTIONS": {"url": "redis://b", "prefix": "bare"}})
    assert message.id == "dailyfresh_cart.E002"
    assert 'carts in Redis need an extra: pip install "dailyfresh-cart[redis]"' in message.msg
