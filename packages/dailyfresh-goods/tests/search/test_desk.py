"""The search desk: what visitors searched in vain, and what the shop makes of it."""

import pytest
from dailyfresh_goods.models import SKU
from dailyfresh_goods.search import desk
from dailyfresh_goods.search.desk import note_miss
from dailyfresh_goods.search.models import Click, Dish, Miss, Pick, Redirect, Synonym
from django.core.exceptions import ValidationError
from django.urls import reverse
from haystack.exceptions import SearchBackendError

URL = "/goods-shop/search/"
DESK = "admin:dailyfresh_search_miss_changelist"
both_engines = pytest.mark.parametrize("engine", ["whoosh", "tantivy"])


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


def test_one_visitor_who_searches_for_nonsense_leaves_the_words_of_others_on_the_desk(shop, client, monkeypatch):
    """Two thousand words in a quarter of an hour had taken the place of everybody else's."""
    monkeypatch.setattr(desk, "KEPT", 5)
    monkeypatch.setattr(desk, "MISSES", 3)
    for number, text in enumerate(("吹风机", "剃须刀")):
        search(client, text, by=f"10.0.0.{number}")
    for number in range(10):
        search(client, f"zzq{number}x", by="10.0.0.9")
    assert set(Miss.objects.values_list("text", flat=True)) == {"吹风机", "剃须刀", "zzq0x", "zzq1x", "zzq2x"}


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


def ids_of(found):
    return {card.sku_id for hit in found.hits for card in (hit.card, *hit.packs)}


def found(client, text, **more):
    return search(client, text, **more).context["found"]


@both_engines
def test_goods_are_put_first_for_a_search_and_hidden_from_it_and_nowhere_else(shop, client):
    before, berries = found(client, "水果"), found(client, "草莓")
    hidden = before.hits[0].card.sku_id
    first = SKU.objects.filter(on_sale=True).exclude(type__slug="fruit").earliest("pk")
    Pick.objects.create(text=" 水 果", sku=first)
    Pick.objects.create(text="水果", sku_id=int(hidden), place="never")

    after = found(client, "水果")

    assert after.hits[0].card.sku_id == str(first.pk)
    assert hidden not in ids_of(after)
    assert after.number == before.number  # one came, one went
    assert ids_of(found(client, "草莓")) == ids_of(berries)
    narrowed = found(client, "水果", sort="price")
    assert not {hidden, str(first.pk)} & ids_of(narrowed)
    assert narrowed.number == before.number - 1


@both_engines
def test_picked_goods_that_went_off_sale_are_neither_shown_nor_counted(shop, client):
    gone, first = SKU.objects.filter(on_sale=True).exclude(type__slug="fruit").order_by("pk")[:2]
    for sku in (gone, first):
        Pick.objects.create(text="水果", sku=sku)
    SKU.objects.filter(pk=gone.pk).update(on_sale=False)
    after = found(client, "水果")
    assert after.hits[0].card.sku_id == str(first.pk)
    assert after.number == found(client, "水果", sort="price").number + 1


@both_engines
def test_pages_of_a_search_with_picked_goods_show_everything_once(shop, client, settings):
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGE_SIZE": 3}
    every = found(client, "水果")
    assert every.pages > 2
    for sku in SKU.objects.filter(on_sale=True).order_by("-pk")[:2]:
        Pick.objects.create(text="水果", sku=sku)
    pages = found(client, "水果").pages
    seen = [hit.card.sku_id for page in range(1, pages + 1) for hit in found(client, "水果", page=page).hits]
    packs = [
        card.sku_id
        for page in range(1, pages + 1)
        for hit in found(client, "水果", page=page).hits
        for card in hit.packs
    ]
    assert len(seen) == len(set(seen))
    assert len({*seen, *packs}) == found(client, "水果").number


@both_engines
def test_a_search_that_finds_nothing_finds_what_is_picked_for_it(shop, client):
    assert not found(client, "吹风机").number
    sku = SKU.objects.filter(on_sale=True).first()
    pick = Pick.objects.create(text="吹风机", sku=sku)
    assert [hit.card.sku_id for hit in found(client, "吹风机").hits] == [str(sku.pk)]
    pick.delete()
    assert not found(client, "吹风机").number


def suggested(client, text):
    items = client.get(f"{URL}suggest/", {"q": text}).json()["data"]["items"]
    return [item["sku_id"] for item in items if item["kind"] == "goods"]


@both_engines
def test_suggestions_of_goods_know_at_once_what_is_put_first_and_what_is_hidden(
    shop, client, django_capture_on_commit_callbacks
):
    hidden, *others = suggested(client, "番茄")
    first = SKU.objects.filter(on_sale=True).exclude(type__slug="fruit").earliest("pk")
    with django_capture_on_commit_callbacks(execute=True):
        Pick.objects.create(text="番茄", sku=first)
        Pick.objects.create(text="番茄", sku_id=int(hidden), place="never")
    assert suggested(client, "番茄") == [str(first.pk), *others]
    with django_capture_on_commit_callbacks(execute=True):
        Pick.objects.all().delete()
    assert suggested(client, "番茄") == [hidden, *others]


def test_what_is_hidden_stays_hidden_while_the_database_answers(shop, client, monkeypatch):
    monkeypatch.setattr("dailyfresh_goods.search.results.finding.answer", broken_index)
    hidden, *others = found(client, "番茄").hits
    Pick.objects.create(text="番茄", sku_id=int(hidden.card.sku_id), place="never")
    assert [hit.card.sku_id for hit in found(client, "番茄").hits] == [hit.card.sku_id for hit in others]


def broken_index(*args, **kwargs):
    raise SearchBackendError("no index")


def test_what_is_put_first_is_suggested_where_words_fit_only_in_part(shop, client, django_capture_on_commit_callbacks):
    assert found(client, "草莓 吹风机").loose
    assert suggested(client, "草莓 吹风机") == []
    first = SKU.objects.filter(on_sale=True).exclude(type__slug="fruit").earliest("pk")
    with django_capture_on_commit_callbacks(execute=True):
        Pick.objects.create(text="草莓 吹风机", sku=first)
    assert suggested(client, "草莓 吹风机") == [str(first.pk)]


def click(client, text, sku_id, by="10.0.0.1", **headers):
    return client.post(f"{URL}clicked/", {"q": text, "sku_id": sku_id}, REMOTE_ADDR=by, headers=headers)


def test_what_is_chosen_of_the_results_is_counted_once_a_visitor(shop, client):
    sku = SKU.objects.filter(on_sale=True).first()
    for by in ("10.0.0.1", "10.0.0.1", "10.0.0.2"):
        assert click(client, "草 莓", sku.pk, by=by).status_code == 204
    row = Click.objects.get()
    assert (row.text, row.sku, row.times) == ("草莓", sku, 2)


def test_a_click_after_a_search_that_failed_is_counted_on_the_desk(shop, client):
    search(client, "吹风机")
    click(client, "吹风机", SKU.objects.filter(on_sale=True).first().pk)
    assert Miss.objects.get().clicks == 1


@pytest.mark.parametrize("sku_id", ["", "0", "01", "99999999", "x", "9" * 40, "\x00"])
def test_clicks_on_nothing_count_nothing(shop, client, sku_id):
    assert click(client, "草莓", sku_id).status_code == 204
    assert click(client, "", SKU.objects.first().pk).status_code == 204
    assert click(client, "草莓", SKU.objects.first().pk, **{"sec-fetch-site": "cross-site"}).status_code == 204
    assert not Click.objects.exists()
    assert client.get(f"{URL}clicked/").status_code == 405


def test_one_visitor_clicks_so_often_and_the_rarest_rows_go(shop, client, monkeypatch):
    skus = list(SKU.objects.filter(on_sale=True)[:4])
    monkeypatch.setattr(desk, "CLICKS", 3)
    for sku in skus:
        click(client, "草莓", sku.pk)
    assert Click.objects.count() == 3
    monkeypatch.setattr(desk, "KEPT", 2)
    click(client, "草莓", skus[0].pk, by="10.0.0.2")
    click(client, "草莓", skus[3].pk, by="10.0.0.3")
    assert Click.objects.count() == 2
    assert Click.objects.filter(sku=skus[0], times=2).exists()


def test_one_click_puts_goods_first_or_hides_them(shop, client, admin_client):
    sku = SKU.objects.filter(on_sale=True).first()
    click(client, "草莓", sku.pk)
    page = admin_client.get(reverse("admin:dailyfresh_search_click_changelist")).content.decode()
    for place in ("first", "never"):
        add = reverse("admin:dailyfresh_search_pick_add", query={"text": "草莓", "sku": sku.pk, "place": place})
        assert add.replace("&", "&amp;") in page
    form = admin_client.get(add).content.decode()
    assert 'value="草莓"' in form
    assert '<option value="never" selected>' in form
    admin_client.post(add, {"text": "草莓", "sku": sku.pk, "place": "never", "position": 1})
    assert str(sku.pk) not in [hit.card.sku_id for hit in found(client, "草莓").hits]
