"""Popular searches: what becomes one, and what the shop says about it."""

import shutil
import threading
import uuid

import pytest
from dailyfresh_goods.models import SKU
from dailyfresh_goods.search.indexing import backend_of, drain
from dailyfresh_goods.search.models import PopularSearch
from dailyfresh_goods.search.popular import RedisPopular, popular_searches
from django.core.cache import cache
from django.db import connections
from test_suggest import URL, items


@pytest.fixture
def counted(settings, redis_url):
    """What the site counts, seen by one for whom a single visitor is enough."""
    key = f"test:{uuid.uuid4().hex}"
    settings.DAILYFRESH_GOODS = {
        **settings.DAILYFRESH_GOODS,
        "SEARCH_POPULAR": {
            "BACKEND": "dailyfresh_goods.search.popular.RedisPopular",
            "OPTIONS": {"cache": "redis", "key": key, "keep": 50},
        },
    }
    yield RedisPopular(cache="redis", key=key, keep=50, visitors=1)
    client = RedisPopular(cache="redis", key=key)._client()
    client.delete(key, *client.keys(f"{key}:*"))


def search(client, text, *numbers):
    """Visitors of these numbers search for it."""
    for number in numbers:
        assert client.get("/goods-shop/search/", {"q": text}, REMOTE_ADDR=f"192.0.2.{number}").status_code == 200


def shown():
    """What is popular when nobody asked within the minute."""
    cache.clear()
    return popular_searches()


def test_what_three_visitors_search_for_becomes_popular(shop, client, counted):
    search(client, "草莓", 1, 2, 3)
    search(client, "虾", 1, 2)
    assert shown() == ["草莓"]
    search(client, "虾", 4, 3)
    assert shown() == ["虾", "草莓"]
    assert client.get(URL, {"q": ""}).json()["data"]["popular"] == ["虾", "草莓"]
    assert "草莓" in [item["text"] for item in items(client, "草") if item["kind"] == "search"]


def test_eight_searches_by_one_visitor_are_popular_with_nobody(shop, client, counted):
    for text in ("草莓", "虾", "狮头鹅", "鸡蛋", "草莓" * 100, "草莓", "虾", "草莓"):
        search(client, text, 1)
    assert counted.top(9)
    assert shown() == []


def test_accounts_behind_one_address_count_each(shop, client, counted, django_user_model):
    for number in range(3):
        assert shown() == []
        client.force_login(django_user_model.objects.create(username=f"visitor {number}"))
        search(client, "草莓", 1)
    assert shown() == ["草莓"]


@pytest.mark.parametrize(
    "variants",
    [("草莓", "草 莓", "草莓 草莓"), ("草莓", "草莓" * 100, "草莓，草莓。"), ("Strawberry", "ｓｔｒａｗｂｅｒｒｙ", "STRAWBERRY strawberry"),
     ("鸡蛋", "雞蛋", "鸡蛋鸡蛋")],
)  # fmt: skip
def test_variants_of_a_search_count_together(shop, client, counted, variants):
    for number, text in enumerate(variants):
        search(client, text, number)
    assert shown() == [variants[0].lower()]


def test_a_search_too_long_for_a_line_is_not_shown_to_others(shop, client, counted, monkeypatch):
    monkeypatch.setattr("dailyfresh_goods.search.views.LONGEST_SHOWN", 3)
    search(client, "红颜草莓", 1, 2, 3)
    search(client, "草莓", 1, 2, 3)
    assert shown() == ["草莓"]


def test_a_spelling_that_fails_does_not_drop_the_search_that_is_shown(shop, client, counted):
    search(client, "草莓", 1, 2, 3)
    counted.note("草莓电视机", visitor="one")
    assert client.get("/goods-shop/search/", {"q": "草莓 电视机"}).context["found"].loose
    assert set(counted.top(5)) == {"草莓", "草莓电视机"}


def test_staff_block_a_search_at_once_and_pin_another(
    shop, client, admin_client, counted, django_capture_on_commit_callbacks
):
    def say(path, **data):
        with django_capture_on_commit_callbacks(execute=True):
            assert admin_client.post(f"/admin/dailyfresh_search/popularsearch/{path}", data).status_code == 302

    def suggested():
        return [item["text"] for item in items(client, "草") if item["kind"] == "search"]

    search(client, "草莓", 1, 2, 3)
    search(client, "虾", 1, 2, 3, 4)
    assert shown() == ["虾", "草莓"]
    assert suggested() == ["草莓"]
    say("add/", text="草 莓", place="never")
    assert popular_searches() == ["虾"]
    assert suggested() == []
    say("add/", text="Ribeye 牛排", place="first")
    assert popular_searches() == ["Ribeye 牛排", "虾"]
    say(f"{PopularSearch.objects.get(place='never').pk}/delete/", post="yes")
    assert popular_searches() == ["Ribeye 牛排", "虾", "草莓"]
    page = admin_client.post("/admin/dailyfresh_search/popularsearch/add/", {"text": "！！", "place": "never"})
    assert "at least one word" in page.content.decode()


def test_a_search_asks_redis_twice_when_it_counts_and_once_when_it_does_not(
    shop, client, counted, monkeypatch, django_assert_num_queries
):
    from redis.connection import Connection

    search(client, "虾", 9)
    popular_searches()
    sent = []
    send = Connection.send_packed_command
    monkeypatch.setattr(
        Connection, "send_packed_command", lambda self, *args, **kw: sent.append(args) or send(self, *args, **kw)
    )
    with django_assert_num_queries(4):  # as many as a search that nobody counts
        search(client, "草莓", 1)
    assert len(sent) == 2
    search(client, "草莓", 1)
    assert len(sent) == 3


def test_one_visitor_counts_once_an_hour(shop, client, counted):
    for _ in range(5):
        client.get("/goods-shop/search/", {"q": "虾"})
    client.get("/goods-shop/search/", {"q": "草莓"}, REMOTE_ADDR="192.0.2.1")
    client.get("/goods-shop/search/", {"q": "草莓"}, REMOTE_ADDR="192.0.2.2")
    assert counted.top(5) == ["草莓", "虾"]


def test_searches_that_find_nothing_are_not_shown_to_others(shop, client, counted):
    client.get("/goods-shop/search/", {"q": "榴莲千层"})
    assert counted.top(5) == []


@pytest.mark.parametrize("text", ["狮头鹅", "狮头鹅草莓"], ids=["nothing", "some of the words"])
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
    monkeypatch.setattr("dailyfresh_goods.search.query.understanding.MOST_CONCEPTS", 2)
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

    def ask():
        popular_searches()
        connections.close_all()  # a thread's own, which the staff's words are read over

    threads = [threading.Thread(target=ask) for _ in range(12)]
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


@pytest.mark.parametrize("wrong", ["", ":visitors"])
def test_searches_are_counted_again_where_something_else_lay(wrong, counted):
    key = counted.key if not wrong else counted._visitors("草莓")
    counted._client().hset(key, "a", "b")
    for visitor in ("1", "2", "3"):
        counted.note("草莓", visitor=visitor)
        counted.top(3)
    assert counted.top(3) == ["草莓"]
