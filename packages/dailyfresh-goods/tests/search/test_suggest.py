"""Suggestions and popular searches."""

import shutil
import threading
import uuid

import pytest
from dailyfresh_goods.models import SKU
from dailyfresh_goods.search.indexing import backend_of, drain
from dailyfresh_goods.search.popular import RedisPopular, popular_searches
from dailyfresh_goods.search.suggestions import suggestions
from django.core.cache import cache
from django.core.management import call_command

URL = "/goods-shop/search/suggest/"


def items(client, text):
    response = client.get(URL, {"q": text})
    assert response.status_code == 200
    body = response.json()
    assert body["ok"]
    return body["data"]["items"]


def test_goods_are_suggested_by_characters_pinyin_and_initials(shop, client):
    for text in ("草莓", "caom", "cm", "草"):
        assert "红颜草莓" in [item["text"] for item in items(client, text) if item["kind"] == "goods"], text


def test_a_suggestion_says_where_it_leads_and_what_to_light(shop, client):
    goods = next(item for item in items(client, "草莓") if item["kind"] == "goods")
    assert goods["url"].startswith("/goods-shop/goods/")
    assert goods["marks"] == [[2, 4]]
    assert goods["unit"]
    assert goods["price"]


def test_types_are_suggested_by_their_beginning(shop, client):
    for text in ("水果", "shuig", "新鲜水"):
        assert "新鲜水果" in [item["text"] for item in items(client, text) if item["kind"] == "type"], text


def test_nothing_is_suggested_for_nonsense(shop, client):
    assert items(client, "qwxzqwxz") == []
    assert items(client, "") == []


def test_all_who_type_the_same_share_one_answer(shop, django_assert_num_queries):
    first = suggestions("草莓")
    with django_assert_num_queries(1):  # which of them are still on sale
        assert suggestions("草莓 ") == first


def test_goods_off_sale_are_not_suggested_though_the_answer_is_kept(shop, client):
    assert items(client, "狮头鹅")
    SKU.objects.filter(pk=shop["goose"]).update(on_sale=False)
    assert items(client, "狮头鹅") == []


@pytest.fixture
def counted(settings, redis_url):
    key = f"test:{uuid.uuid4().hex}"
    settings.DAILYFRESH_GOODS = {
        **settings.DAILYFRESH_GOODS,
        "SEARCH_POPULAR": {
            "BACKEND": "dailyfresh_goods.search.popular.RedisPopular",
            "OPTIONS": {"cache": "redis", "key": key, "keep": 50},
        },
    }
    yield RedisPopular(cache="redis", key=key, keep=50)
    client = RedisPopular(cache="redis", key=key)._client()
    client.delete(key, *client.keys(f"{key}:*"))


def test_what_is_searched_for_becomes_popular(shop, client, counted):
    for number, text in enumerate(["虾", "草莓", "虾", "虾"]):
        client.get("/goods-shop/search/", {"q": text}, REMOTE_ADDR=f"192.0.2.{number}")
    assert counted.top(5) == ["虾", "草莓"]
    cache.clear()  # what was popular a minute ago
    assert popular_searches() == ["虾", "草莓"]
    assert client.get(URL, {"q": ""}).json()["data"]["popular"] == ["虾", "草莓"]
    assert "草莓" in [item["text"] for item in items(client, "草") if item["kind"] == "search"]


def test_one_visitor_counts_once_an_hour(shop, client, counted):
    for _ in range(5):
        client.get("/goods-shop/search/", {"q": "虾"})
    client.get("/goods-shop/search/", {"q": "草莓"}, REMOTE_ADDR="192.0.2.1")
    client.get("/goods-shop/search/", {"q": "草莓"}, REMOTE_ADDR="192.0.2.2")
    assert counted.top(5) == ["草莓", "虾"]


def test_searches_that_find_nothing_are_not_shown_to_others(shop, client, counted):
    client.get("/goods-shop/search/", {"q": "榴莲千层"})
    assert counted.top(5) == []


@pytest.mark.parametrize("text", ["狮头鹅", "狮头鹅 草莓"], ids=["nothing", "some of the words"])
def test_a_search_that_finds_its_goods_no_more_is_dropped_when_it_is_next_searched(shop, client, counted, text):
    for _ in range(2):
        counted.note(text, visitor="one")
    counted.note("草莓", visitor="one")
    SKU.objects.get(pk=shop["goose"]).delete()
    drain()
    client.get("/goods-shop/search/", {"q": text, "in_stock": "on"})
    assert text in counted.top(5)
    client.get("/goods-shop/search/", {"q": text})
    assert counted.top(5) == ["草莓"]


def test_popular_searches_outlive_an_index_that_is_not_there(shop, client, counted):
    counted.note("狮头鹅", visitor="one")
    shutil.rmtree(backend_of("default").generations.root)
    SKU.objects.filter(pk=shop["goose"]).update(name="鹅")
    assert client.get("/goods-shop/search/", {"q": "狮头鹅"}).context["found"].degraded
    assert counted.top(5) == ["狮头鹅"]


@pytest.mark.parametrize("text", ["草莓 某某店真差", "虾 drop table"])
def test_words_of_which_only_some_fit_are_not_shown_to_others(shop, client, counted, text):
    assert client.get("/goods-shop/search/", {"q": text}).context["found"].loose
    assert counted.top(5) == []


def test_words_beyond_those_that_are_looked_at_are_not_shown_to_others(shop, client, counted, monkeypatch):
    monkeypatch.setattr("dailyfresh_goods.search.understanding.MOST_CONCEPTS", 2)
    client.get("/goods-shop/search/", {"q": "红颜 草莓 某某店真差"})
    client.get("/goods-shop/search/", {"q": "草莓"})
    assert counted.top(5) == ["草莓"]


@pytest.mark.parametrize(("text", "meant"), [("榴莲千层 草莓", "草莓"), ("波顿龙虾", "波士顿龙虾")])
def test_others_are_shown_a_search_as_it_was_corrected(shop, client, counted, text, meant):
    client.get("/goods-shop/search/", {"q": text})
    assert counted.top(5) == [meant]


def test_visitors_behind_a_trusted_proxy_count_each(shop, client, counted, settings):
    def search(text, visitor):
        client.get("/goods-shop/search/", {"q": text}, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": visitor})

    search("虾", "192.0.2.1")
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "TRUSTED_PROXIES": ["10.0.0.0/8"]}
    for visitor in ("192.0.2.2", "192.0.2.3", "192.0.2.4"):
        search("草莓", visitor)
        search("虾", f"{visitor}, 192.0.2.9")  # what a visitor wrote before the proxy did is not believed
    scores = dict(counted._client().zrange(counted.key, 0, -1, withscores=True))
    assert scores["草莓".encode()] == pytest.approx(1.5 * scores["虾".encode()], rel=0.01)


def test_a_subscriber_of_ipv6_counts_once(shop, client, counted):
    for number in range(5):
        client.get("/goods-shop/search/", {"q": "虾"}, REMOTE_ADDR=f"2001:db8:1:2::{number}")
    client.get("/goods-shop/search/", {"q": "草莓"}, REMOTE_ADDR="192.0.2.1")
    client.get("/goods-shop/search/", {"q": "草莓"}, REMOTE_ADDR="192.0.2.2")
    assert counted.top(5) == ["草莓", "虾"]


def test_only_the_strongest_searches_are_kept(counted):
    for number in range(80):
        counted.note(f"text {number}", visitor="one")
    assert len(counted.top(500)) == 50


def test_one_caller_asks_redis_and_the_others_take_what_it_had(shop, counted, monkeypatch):
    calls = []

    def top(self, number):
        calls.append(number)
        return ["虾"]

    monkeypatch.setattr(RedisPopular, "top", top)
    threads = [threading.Thread(target=popular_searches) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1


def test_a_redis_that_is_down_costs_the_popular_searches_and_nothing_else(shop, client, settings, caplog):
    pytest.importorskip("django_redis")
    settings.CACHES = {
        **settings.CACHES,
        "redis": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"},
    }
    settings.DAILYFRESH_GOODS = {
        **settings.DAILYFRESH_GOODS,
        "SEARCH_POPULAR": {
            "BACKEND": "dailyfresh_goods.search.popular.RedisPopular",
            "OPTIONS": {"cache": "redis"},
        },
    }
    assert client.get("/goods-shop/search/", {"q": "草莓"}).status_code == 200
    assert "not counted" in caplog.text


def test_the_admin_lists_shipped_synonyms_and_takes_new_ones(shop, admin_client, client):
    from dailyfresh_goods.search.models import Synonym

    page = admin_client.get("/admin/dailyfresh_search/synonym/").content.decode()
    assert "西红柿" in page
    assert (
        admin_client.post(
            "/admin/dailyfresh_search/synonym/add/", {"words": "草莓, 红宝石", "narrower": "", "active": "on"}
        ).status_code
        == 302
    )
    assert Synonym.objects.count() == 1
    assert [hit.card.name for hit in client.get("/goods-shop/search/", {"q": "红宝石"}).context["found"].hits][:1] == [
        "红颜草莓"
    ]
    assert (
        "at least one word"
        in admin_client.post("/admin/dailyfresh_search/synonym/add/", {"words": " , ", "active": "on"}).content.decode()
    )


def test_checks_name_what_is_missing(settings):
    from dailyfresh_goods.search.checks import check_search

    assert check_search() == []
    settings.HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "dailyfresh_goods.search.engines.whoosh.Engine"}}
    settings.HAYSTACK_SIGNAL_PROCESSOR = "haystack.signals.RealtimeSignalProcessor"
    popular = {"BACKEND": "dailyfresh_goods.search.popular.RedisPopular", "OPTIONS": {"cash": "redis"}}
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "SEARCH_POPULAR": popular}
    found = check_search()
    assert {message.id for message in found} == {f"dailyfresh_search.{code}" for code in ("E003", "E005", "W001")}
    assert all(message.hint for message in found)


@pytest.mark.parametrize("alias", ["no such cache", "default"])
def test_a_cache_that_is_not_redis_is_named(settings, alias):
    from dailyfresh_goods.search.checks import check_search

    popular = {"BACKEND": "dailyfresh_goods.search.popular.RedisPopular", "OPTIONS": {"cache": alias}}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "SEARCH_POPULAR": popular}
    (message,) = check_search()
    assert message.id == "dailyfresh_search.E004"
    assert alias in message.msg
    assert "RedisCache" in message.hint


def test_both_whooshes_at_once_are_named(monkeypatch):
    from dailyfresh_goods.search import checks

    monkeypatch.setattr(checks, "_installed", lambda name: True)
    assert "dailyfresh_search.E002" in {message.id for message in checks.check_search()}


def test_the_models_need_no_migration(db):
    call_command("makemigrations", "dailyfresh_search", check=True, dry_run=True, verbosity=0)
