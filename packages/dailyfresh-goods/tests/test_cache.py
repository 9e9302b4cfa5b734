"""The data cache: fresh after a commit, built by one, alive without its server."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from conftest import BASE, Shop
from dailyfresh_goods.exceptions import Absent, CacheUnavailable
from dailyfresh_goods.models import SKU, StalePage
from dailyfresh_goods.pages import cache as page_cache
from dailyfresh_goods.pages.cache import cached, invalidate
from dailyfresh_goods.services import drain_pages
from django.core.cache.backends.base import InvalidCacheKey, memcache_key_warnings
from django.core.cache.backends.locmem import LocMemCache
from django.db import transaction
from django.test import Client

Browse = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("db")


def test_a_value_is_built_once_until_its_group_moves() -> None:
    built: list[int] = []
    get = lambda: cached("x", ("a", "b"), lambda: built.append(1) or len(built))  # noqa: E731
    assert [get(), get()] == [1, 1]
    invalidate(["b"])
    assert [get(), get()] == [2, 2]
    invalidate(["other"])
    assert get() == 2


def test_a_value_built_while_its_group_moves_is_outdated_at_once() -> None:
    def build() -> str:
        invalidate(["a"])  # a change commits after the rows were read
        return "old"

    assert cached("x", ("a",), build) == "old"
    assert cached("x", ("a",), lambda: "new") == "new"


def test_made_up_addresses_are_forgotten_in_half_a_minute(redis_cache: Any, shop: Shop, browse: Browse) -> None:
    for path in ("/list/nowhere/", "/goods/4711/"):
        assert browse(path).status_code == 404
    left = redis_cache.keys("*nowhere*") + redis_cache.keys("*4711*")
    assert left
    assert all(redis_cache.ttl(key) <= 30 for key in left)
    sku = shop.sku()
    browse(f"/goods/{sku.pk}/")  # the version of a page that is kept outlives the page
    assert redis_cache.ttl(f"dailyfresh_goods:v:detail:{sku.pk}") > 3600


class Strict(LocMemCache):
    """As particular about its keys as memcached."""

    def validate_key(self, key: str) -> None:
        for warning in memcache_key_warnings(key):
            raise InvalidCacheKey(warning)


def test_an_address_too_long_for_the_cache_does_not_turn_it_off(shop: Shop, browse: Browse, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.Strict"}}
    sku = shop.sku("Apple")
    browse(f"/goods/{sku.pk}/")
    for path in (f"/list/{'x' * 251}/", f"/goods/{'1' * 251}/"):
        assert browse(path).status_code == 404
    SKU.untracked.filter(pk=sku.pk).update(name="Pear")
    assert b"Pear" not in browse(f"/goods/{sku.pk}/").content  # still kept


def test_what_anybody_can_ask_for_goes_soon(redis_cache: Any, shop: Shop, browse: Browse) -> None:
    shop.sku()
    browse("/list/fruit/?low=1.23")
    left = redis_cache.keys("*1.23*")
    assert len(left) == 2  # the page, and the length of the list
    assert all(redis_cache.ttl(key) <= 121 for key in left)


def test_an_error_is_passed_on_and_not_kept() -> None:
    with pytest.raises(ZeroDivisionError):
        cached("x", ("a",), lambda: 1 // 0)
    assert cached("x", ("a",), lambda: 1) == 1


def test_values_expire_at_different_moments(monkeypatch: Any) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    for n in range(50):
        cached(f"x{n}", ("a",), lambda: "old", seconds=100)
    now += 90
    renewed = sum(cached(f"x{n}", ("a",), lambda: "new", seconds=100) == "new" for n in range(50))
    assert 5 < renewed < 45  # the first goes after 80 seconds, the last after 100


def test_one_builds_while_the_others_get_the_outdated_value(redis_cache: Any) -> None:
    cached("x", ("a",), lambda: "old")
    invalidate(["a"])
    begun, go = threading.Event(), threading.Event()
    results: list[str] = []

    def slow() -> str:
        begun.set()
        go.wait(5)
        return "new"

    thread = threading.Thread(target=lambda: results.append(cached("x", ("a",), slow, stale=True)))
    thread.start()
    begun.wait(5)
    others = [cached("x", ("a",), lambda: "mine", stale=True) for _ in range(5)]
    go.set()
    thread.join()
    assert others == ["old"] * 5
    assert results == ["new"]
    assert cached("x", ("a",), lambda: "again", stale=True) == "new"


def test_with_nothing_to_serve_meanwhile_a_crowd_waits_for_one(redis_cache: Any) -> None:
    built: list[int] = []

    def slow() -> str:
        built.append(1)
        time.sleep(0.2)
        return "new"

    results: list[str] = []
    crowd = [threading.Thread(target=lambda: results.append(cached("x", ("a",), slow))) for _ in range(8)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert results == ["new"] * 8
    assert len(built) == 1


def test_a_builder_that_died_holds_nobody_up_for_long(redis_cache: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(page_cache, "WAIT_SECONDS", 0.1)
    cached("x", ("a",), lambda: "old")
    invalidate(["a"])
    name = next(key for key in redis_cache.keys("*") if key.endswith(":x"))
    redis_cache.add(f"{name}:lock", 1, timeout=30)
    assert cached("x", ("a",), lambda: "new") == "new"


def absent() -> None:
    raise Absent


def test_what_is_no_more_is_not_served_though_a_builder_died(redis_cache: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(page_cache, "WAIT_SECONDS", 0.1)
    cached("x", ("a",), lambda: "old")
    invalidate(["a"])
    name = next(key for key in redis_cache.keys("*") if key.endswith(":x"))
    redis_cache.add(f"{name}:lock", 1, timeout=30)
    for how in ({"fresh": True}, {"stale": True}):  # the drain, then a visitor
        with pytest.raises(Absent):
            cached("x", ("a",), absent, **how)


def test_a_drain_that_fails_leaves_the_outdated_page(redis_cache: Any) -> None:
    cached("x", ("a",), lambda: "old")
    invalidate(["a"])
    with pytest.raises(ZeroDivisionError):
        cached("x", ("a",), lambda: 1 // 0, fresh=True)
    name = next(key for key in redis_cache.keys("*") if key.endswith(":x"))
    redis_cache.add(f"{name}:lock", 1, timeout=30)
    assert cached("x", ("a",), lambda: "new", stale=True) == "old"


def test_a_change_shows_on_the_next_request(shop: Shop, browse: Browse, committing: Any) -> None:
    with committing():
        sku = shop.sku("Apple")
    path = f"/goods/{sku.pk}/"
    assert b"9.90" in browse(path).content
    with committing():
        sku.price = "12.50"
        sku.save()
    assert b"12.50" in browse(path).content


def test_a_change_that_is_rolled_back_leaves_the_cache_alone(shop: Shop, browse: Browse, committing: Any) -> None:
    with committing():
        sku = shop.sku("Apple")
    browse(f"/goods/{sku.pk}/")
    StalePage.objects.all().delete()
    with committing(), transaction.atomic():
        SKU.objects.filter(pk=sku.pk).update(name="Pear")
        transaction.set_rollback(True)
    assert not StalePage.objects.exists()
    assert b"Apple" in browse(f"/goods/{sku.pk}/").content


DOWN = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": "redis://127.0.0.1:9/0",
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.2},
    }
}


@pytest.mark.cache_down
@pytest.mark.parametrize("options", [{}, {"IGNORE_EXCEPTIONS": True}], ids=["raising", "swallowing"])
def test_without_its_server_pages_come_from_the_database(
    options: dict[str, Any], shop: Shop, browse: Browse, settings: Any, committing: Any
) -> None:
    down = {"default": DOWN["default"] | {"OPTIONS": DOWN["default"]["OPTIONS"] | options}}  # type: ignore[operator]
    up = settings.CACHES
    with committing():
        sku = shop.sku("Apple")
    drain_pages()
    path = f"/goods/{sku.pk}/"
    assert b"Apple" in browse(path).content  # in the cache that goes down now
    settings.CACHES = down
    assert b"Apple" in browse(path).content
    with committing():
        SKU.objects.filter(pk=sku.pk).update(name="Pear")
    assert b"Pear" in browse(path).content
    drain_pages()
    assert StalePage.objects.exists()  # the old page may still be in there: the mark stays
    settings.CACHES = up
    page_cache._paused_until = 0
    drain_pages()
    assert b"Pear" in browse(path).content
    assert not StalePage.objects.exists()


def test_more_versions_than_a_small_cache_holds_are_moved_all_the_same() -> None:
    before = cached("x", ("detail:1",), lambda: "old")
    invalidate(f"detail:{n}" for n in range(1000))  # LocMemCache keeps 300
    assert (before, cached("x", ("detail:1",), lambda: "new")) == ("old", "new")


@pytest.mark.cache_down
def test_versions_that_cannot_move_are_an_error(settings: Any) -> None:
    settings.CACHES = DOWN
    with pytest.raises(CacheUnavailable):
        invalidate(["home"])


@pytest.mark.cache_down
def test_a_dead_cache_is_left_alone_for_a_while(settings: Any, shop: Shop, browse: Browse, monkeypatch: Any) -> None:
    settings.CACHES = DOWN
    sku = shop.sku()
    browse(f"/goods/{sku.pk}/")
    monkeypatch.setattr(page_cache, "_read", lambda *_: pytest.fail("asked again"))
    browse(f"/goods/{sku.pk}/")


@pytest.mark.parametrize("alias", [None, "default"])
def test_a_site_may_do_without_a_cache(alias: str | None, shop: Shop, browse: Browse, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "CACHE": alias}
    sku = shop.sku("Apple")
    SKU.untracked.filter(pk=sku.pk).update(name="Pear")
    assert b"Pear" in browse(f"/goods/{sku.pk}/").content
    drain_pages()
    assert not StalePage.objects.exists()


def test_another_release_has_pages_of_its_own(shop: Shop, browse: Browse, settings: Any) -> None:
    sku = shop.sku("Apple")
    browse(f"/goods/{sku.pk}/")
    SKU.untracked.filter(pk=sku.pk).update(name="Pear")
    assert b"Apple" in browse(f"/goods/{sku.pk}/").content
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "RELEASE": "2"}
    assert b"Pear" in browse(f"/goods/{sku.pk}/").content


def test_the_page_is_the_same_for_a_user_a_guest_and_any_query(shop: Shop, settings: Any, admin_client: Client) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "CACHE": None}
    sku = shop.sku("Apple")
    path = f"{BASE}/goods/{sku.pk}/"
    guest = Client().get(path)
    assert admin_client.get(path, {"utm_source": "x"}).content == guest.content
    assert guest.cookies == {}
    assert "csrf" not in guest.content.decode()


def test_pages_are_answered_zipped_with_a_tag(shop: Shop, browse: Browse) -> None:
    import gzip

    plain = browse("/")
    zipped = browse("/", accept_encoding="gzip, br")
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert "Accept-Encoding" in plain["Vary"]
    assert browse("/", if_none_match=plain["ETag"]).status_code == 304
    assert plain["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "zipped"),
    [
        ("gzip;q=0", False),
        ("br, gzip; q=0.000", False),
        ("gzip;q=0.001", True),
        ("x-gzip", False),
        ("GZIP", True),
        ("gzip;q=abc", False),
    ],
)
def test_who_takes_no_gzip_gets_none(browse: Any, accepted: str, zipped: bool) -> None:
    assert (browse("/", accept_encoding=accepted).get("Content-Encoding") == "gzip") is zipped


def test_a_visitor_from_an_address_that_is_none_is_answered(browse: Any) -> None:
    for header in ("origin", "referer"):
        assert browse("/visitor/?viewed=1", **{header: "http://[::1"}).status_code == 200


def test_a_token_on_a_page_for_all_is_an_error(shop: Shop, browse: Browse, settings: Any, tmp_path: Any) -> None:
    from copy import deepcopy

    folder = tmp_path / "dailyfresh_goods"
    folder.mkdir()
    (folder / "_card_action.html").write_text("<form>{% csrf_token %}</form>")
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [tmp_path]
    settings.TEMPLATES = templates
    shop.sku()
    with pytest.raises(Exception, match="CSRF token"):
        browse("/list/fruit/")
