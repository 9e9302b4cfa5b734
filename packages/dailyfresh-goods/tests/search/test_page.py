"""The results page, through its door."""

import pytest
from dailyfresh_goods.models import SKU

URL = "/goods-shop/search/"


def names(response):
    return [hit.card.name for hit in response.context["found"].hits]


def test_a_name_in_pinyin_finds_the_goods_and_lights_the_characters(shop, client):
    response = client.get(URL, {"q": "caomei"})
    assert response.status_code == 200
    assert "红颜<mark>草莓</mark>" in response.content.decode()


def test_one_character_finds_every_name_that_holds_it(shop, client):
    assert set(names(client.get(URL, {"q": "虾"}))) == {"鲜活基围虾", "波士顿龙虾", "面包虾"}


def test_what_was_typed_comes_back_escaped(shop, client):
    page = client.get(URL, {"q": "<script>alert(1)</script>草莓"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_name_with_markup_is_lit_and_escaped(shop, client):
    SKU.objects.filter(pk=shop["strawberry"]).update(name="<b>草莓</b>")
    page = client.get(URL, {"q": "草莓"}).content.decode()
    assert "&lt;b&gt;<mark>草莓</mark>&lt;/b&gt;" in page
    assert "<b>草莓" not in page


def test_goods_taken_off_sale_are_not_shown_though_the_index_lags(shop, client):
    SKU.objects.filter(pk=shop["crab"]).update(on_sale=False)
    SKU.objects.filter(pk=shop["crab-8"]).delete()
    page = client.get(URL, {"q": "大闸蟹"})
    assert page.status_code == 200
    assert names(page) == []


def test_results_are_sorted_as_asked(shop, client):
    def prices(sort):
        return [hit.card.price for hit in client.get(URL, {"q": "海鲜", "sort": sort}).context["found"].hits]

    assert prices("price") == sorted(prices("price"))
    assert prices("-price") == sorted(prices("-price"), reverse=True)
    sold = [hit.card.sold for hit in client.get(URL, {"q": "海鲜", "sort": "sales"}).context["found"].hits]
    assert sold == sorted(sold, reverse=True)
    assert len(sold) == 11


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_filters_narrow_and_the_counts_of_the_categories_stay(shop, client):
    response = client.get(URL, {"q": "牛肉 虾"})
    found = response.context["found"]
    assert found.loose
    assert found.categories == {"seafood": 2, "meat": 3, "frozen": 1}
    chosen = client.get(URL, {"q": "牛肉 虾", "category": "meat", "low": "40", "high": "50"}).context["found"]
    assert [hit.card.name for hit in chosen.hits] == ["雪花肥牛卷"]
    assert chosen.categories == {"seafood": 1, "meat": 1}


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_only_what_is_in_stock_when_asked(shop, client, django_capture_on_commit_callbacks):
    from dailyfresh_goods.services import mark_stock_changed

    with django_capture_on_commit_callbacks(execute=True):
        SKU.objects.filter(pk=shop["tomato"]).update(stock=0)
        mark_stock_changed(sku_ids=[str(shop["tomato"])])
    assert names(client.get(URL, {"q": "番茄"})) == ["普罗旺斯番茄"]
    response = client.get(URL, {"q": "番茄", "in_stock": "on"})
    assert response.context["found"].number == 0
    assert "Nothing fits these filters" in response.content.decode()


def test_pages_hold_all_results_once(shop, client, settings):
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGE_SIZE": 5}
    seen = [name for page in (1, 2, 3) for name in names(client.get(URL, {"q": "蔬菜", "page": page}))]
    assert len(seen) == len(set(seen)) == 12
    page = client.get(URL, {"q": "蔬菜", "page": 2})
    assert 'rel="prev"' in page.content.decode()
    assert 'aria-current="page"' in page.content.decode()
    assert client.get(URL, {"q": "蔬菜", "page": 40}).status_code == 200


def test_did_you_mean_says_what_it_shows(shop, client):
    page = client.get(URL, {"q": "樊茄"}).content.decode()
    assert "Did you mean <b>番茄</b>?" in page


def test_nothing_found_gives_a_hint_and_popular_goods(shop, client):
    response = client.get(URL, {"q": "榴莲千层"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "Nothing found for “榴莲千层”" in page
    assert "data-goods-card" in page


def test_an_empty_search_asks_what_is_wanted(shop, client):
    assert "What are you looking for?" in client.get(URL, {"q": "  "}).content.decode()


def test_the_page_speaks_chinese(shop, client):
    page = client.get(URL, {"q": "草莓"}, headers={"accept-language": "zh-hans"}).content.decode()
    assert "“草莓”的搜索结果" in page


def test_a_search_takes_few_statements_however_many_goods_it_shows(shop, client, django_assert_num_queries):
    client.get(URL, {"q": "草莓"})
    # The lexicon's stamp and the rows that are shown, between the savepoints of ATOMIC_REQUESTS; types come from the cache.
    with django_assert_num_queries(4):
        client.get(URL, {"q": "草莓"})
    client.get(URL, {"q": "蔬菜"})
    with django_assert_num_queries(4):
        client.get(URL, {"q": "蔬菜"})


def test_nonsense_in_the_filters_counts_as_not_given(shop, client):
    query = {"q": "草莓", "sort": "'; DROP", "page": "-3", "low": "x", "high": "1e400", "category": "../"}
    response = client.get(URL, query)
    assert response.status_code == 200
    assert names(response)


def test_a_search_is_asked_by_get_alone(shop, client):
    assert client.post(URL, {"q": "草莓"}).status_code == 405
