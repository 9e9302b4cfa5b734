"""The search desk: what visitors searched in vain, and what the shop makes of it."""

import pytest
from dailyfresh_goods.models import SKU
from dailyfresh_goods.search import desk
from dailyfresh_goods.search.desk import note_miss
from dailyfresh_goods.search.models import Dish, Miss, Redirect, Synonym
from django.core.exceptions import ValidationError
from django.urls import reverse

URL = "/goods-shop/search/"
DESK = "admin:dailyfresh_search_miss_changelist"


def search(client, text, by="127.0.0.1", **more):
    return client.get(URL, {"q": text, **more}, REMOTE_ADDR=by)


def test_what_is_not_found_is_counted_however_it_is_spelled(shop, client):
    for number, text in enumerate(("吹风机", " 吹风机 ", "吹风机")):
        search(client, text, by=f"10.0.0.{number}")
    search(client, "草莓")
    miss = Miss.objects.get()
    assert (miss.text, miss.became, miss.times) == ("吹风机", "", 3)


def test_a_page_or_a_filter_of_the_same_search_counts_no_more(shop, client):
    search(client, "吹风机", in_stock="on")
    search(client, "吹风机", category="fruit")
    assert not Miss.objects.exists()


def test_one_visitor_who_searches_on_and_on_counts_once(shop, client):
    for _again in range(5):
        search(client, "吹风机")
    assert Miss.objects.get().times == 1


def test_the_least_wanted_go_when_there_are_too_many(shop, monkeypatch):
    monkeypatch.setattr(desk, "KEPT", 2)
    for number, text in enumerate(("a", "b", "b", "c", "c", "d")):
        note_miss(text, became="", visitor=str(number))
    assert set(Miss.objects.values_list("text", flat=True)) == {"b", "c"}


def test_an_endless_search_is_nobodys_word(shop):
    note_miss("x" * 65, became="", visitor="1")
    assert not Miss.objects.exists()


def test_one_click_makes_a_word_a_synonym_and_the_next_visitor_finds_it(shop, client, admin_client):
    search(client, "吹风机")
    page = admin_client.get(reverse(DESK)).content.decode()
    add = reverse("admin:dailyfresh_search_synonym_add", query={"words": "吹风机"})
    assert add in page
    assert 'value="吹风机"' in admin_client.get(add).content.decode()

    admin_client.post(add, {"words": "吹风机, 草莓", "narrower": "", "active": "on"})

    assert Synonym.objects.get().words == "吹风机, 草莓"
    assert search(client, "吹风机").context["found"].number
    assert Miss.objects.get().times == 1


def test_the_desk_offers_a_dish_and_a_redirect_too(shop, client, admin_client):
    search(client, "佛跳墙九号")
    page = admin_client.get(reverse(DESK)).content.decode()
    for name, column in (("dish", "names"), ("redirect", "text")):
        assert reverse(f"admin:dailyfresh_search_{name}_add", query={column: Miss.objects.get().text}) in page
    assert not Dish.objects.exists()


def test_a_redirect_leads_away_at_once_and_a_switched_off_one_does_not(shop, client):
    row = Redirect.objects.create(text="水果 专区", url="/goods-shop/list/fruit/")
    assert search(client, "水果专区").url == "/goods-shop/list/fruit/"
    assert search(client, "水果 专区").url == "/goods-shop/list/fruit/"
    assert search(client, "水果 专区", sort="price").status_code == 200
    Redirect.objects.filter(pk=row.pk).update(active=False)
    row.active = False
    row.save()
    assert search(client, "水果 专区").status_code == 200


@pytest.mark.parametrize(
    "url", ["//evil.example/", "https://evil.example/", "/\\evil.example", "list/", "/a b", "javascript:1"]
)
def test_a_redirect_stays_on_this_site(url):
    with pytest.raises(ValidationError):
        Redirect(text="x", url=url).clean_fields()


def test_what_is_judged_is_out_of_the_way_and_can_be_asked_for(shop, client, admin_client):
    search(client, "吹风机")
    miss = Miss.objects.get()
    admin_client.post(reverse(DESK), {"action": "judge", "_selected_action": [miss.pk]})
    assert "吹风机" not in admin_client.get(reverse(DESK)).content.decode()
    assert "吹风机" in admin_client.get(reverse(DESK), {"judged__exact": "1"}).content.decode()


def test_a_desk_that_cannot_be_written_fails_no_search(shop, client, monkeypatch):
    def broken(*args, **kwargs):
        from django.db import OperationalError

        raise OperationalError("locked")

    monkeypatch.setattr(type(Miss.objects.all()), "update", broken)
    assert search(client, "吹风机").status_code == 200
    assert SKU.objects.exists()
