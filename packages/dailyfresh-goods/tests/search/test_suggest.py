"""Suggestions, and what the shop says about words."""

import pytest
from dailyfresh_goods.models import SKU
from dailyfresh_goods.search.models import Synonym
from dailyfresh_goods.search.results.suggestions import suggestions
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


def test_the_admin_lists_shipped_synonyms_and_takes_new_ones(shop, admin_client, client):
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
