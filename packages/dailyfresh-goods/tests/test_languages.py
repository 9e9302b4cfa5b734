"""A shop in English whose goods say some things in Chinese too: each page in its language, what is not translated marked as what it is."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_core.i18n.languages import Text
from dailyfresh_goods import selectors
from dailyfresh_goods.catalogue import Catalogue
from dailyfresh_goods.models import SKU, SPU, GoodsType, StalePage
from dailyfresh_goods.templatetags.dailyfresh_goods import short
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

ZH = {
    "name": "库尔勒香梨", "description": "一口爆汁", "unit": "500克", "origin": "新疆", "label": "新品",
}  # fmt: skip


@pytest.fixture(autouse=True)
def urls(settings: Any) -> None:
    settings.ROOT_URLCONF = "minisite.urls_languages"


@pytest.fixture
def pear(shop: Shop) -> SKU:
    GoodsType.objects.filter(pk=shop.fruit.pk).update(translations={"zh-hans": {"name": "水果", "promise": "当季"}})
    shop.fruit.refresh_from_db()
    spu = SPU.objects.create(name="Pear", detail="<p>Sweet</p>", specs="Colour: green")
    spu.translations = {"zh-hans": {"detail": "<p>甜</p><script>x</script>", "specs": "颜色：绿"}}
    spu.save()
    return shop.sku("Pear", spu=spu, origin="Korla", label="New", description="Juicy", translations={"zh-hans": ZH})


@pytest.fixture
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def bare(html: str) -> str:
    """A page without what it marks as English."""
    return re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", html, flags=re.DOTALL)


def test_every_page_says_the_goods_in_its_own_language(client: Client, shop: Shop, pear: SKU) -> None:
    shop.home(pear)
    shop.fish.delete()
    shop.banner("Harvest", text="Now", translations={"zh-hans": {"title": "丰收", "text": "现在"}})
    shop.promotion("Half price", translations={"zh-hans": {"title": "半价"}})
    for path in ("/", "/list/fruit/", f"/goods/{pear.pk}/"):
        english, chinese = page(client, path), page(client, f"/zh-hans{path}")
        assert "Pear" in english
        assert not re.search("[\u3400-\u9fff]", english)
        assert "库尔勒香梨" in chinese
        assert "Pear" not in chinese
        assert "水果" in chinese
        assert 'lang="en"' not in chinese.replace('hreflang="en"', "")
    home, detail = page(client, "/zh-hans/"), page(client, f"/zh-hans/goods/{pear.pk}/")
    for word in ("丰收", "现在", "半价", "当季"):
        assert word in home
    for word in ("<p>甜</p>", "颜色", "500克", "新疆", "一口爆汁"):
        assert word in detail
    assert "<script>x" not in detail
    structured = json.loads(re.search(r'ld\+json">(.*?)</script>', detail)[1])  # type: ignore[index]
    assert (structured["name"], structured["category"]) == ("库尔勒香梨 500克", "水果")


def test_what_is_not_translated_is_said_as_the_shop_says_it_and_marked(client: Client, shop: Shop, pear: SKU) -> None:
    shop.sku("Apple", origin="Yantai", description="Crisp", label="Old", translations={"zh-hans": {"unit": "一斤"}})
    apple = SKU.objects.get(name="Apple")
    shop.home(apple)
    for path in ("/zh-hans/", "/zh-hans/list/fruit/", f"/zh-hans/goods/{apple.pk}/"):
        html = page(client, path)
        assert re.search(r'lang="en">Apple<', html)
        assert "一斤" in html
        body = re.sub(
            r'(alt|aria-label|content)="[^"]*"|<title>.*?</title>|ld\+json.*?</script>', "", html.partition("<body")[2]
        )
        assert "Apple" not in bare(body)


def test_an_address_leads_to_the_same_page_in_the_other_languages(client: Client, pear: SKU) -> None:
    for path in ("/", "/list/fruit/", "/list/fruit/price/1/", f"/goods/{pear.pk}/"):
        for prefix in ("", "/zh-hans"):
            html = page(client, prefix + path)
            assert f'rel="canonical" href="https://shop.example{prefix}{path}"' in html
            found = dict(re.findall(r'rel="alternate" hreflang="([^"]+)" href="https://shop.example([^"]+)"', html))
            assert found == {"en": path, "zh-hans": f"/zh-hans{path}", "x-default": path}


def test_a_banner_leads_to_the_page_in_the_visitors_language(client: Client, pear: SKU, shop: Shop) -> None:
    shop.banner("Harvest", url="/list/fruit/?sort=1#goods")
    shop.promotion("Away", url="https://elsewhere.example/list/fruit/")
    assert 'href="/list/fruit/?sort=1#goods"' in page(client, "/")
    chinese = page(client, "/zh-hans/")
    assert 'href="/zh-hans/list/fruit/?sort=1#goods"' in chinese
    assert 'href="https://elsewhere.example/list/fruit/"' in chinese


def test_a_site_with_one_language_names_no_other_address(client: Client, pear: SKU, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English")]
    assert "hreflang" not in page(client, "/")


def test_translations_take_no_statement_more(
    pear: SKU, shop: Shop, django_assert_num_queries: DjangoAssertNumQueries, settings: Any
) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "CACHE": None}
    shop.sku("Pear", spu=pear.spu, unit="1kg", translations={"zh-hans": ZH | {"unit": "1公斤"}})
    asks: list[tuple[int, Callable[[], Any]]] = [
        (1, lambda: Catalogue().find([str(pear.pk)])),
        (4, lambda: selectors.detail(pear.pk)),
        (2, selectors.goods_types),
        (1, lambda: selectors.facets("fruit")),
    ]
    for code in ("en", "zh-hans"):
        with translation.override(code):
            for number, ask in asks:
                with django_assert_num_queries(number):
                    ask()


def test_the_cart_is_told_the_name_in_the_language_of_the_moment(pear: SKU, chinese: None) -> None:
    found = Catalogue().find([str(pear.pk)])[str(pear.pk)]
    assert (found.name, found.unit) == ("库尔勒香梨", "500克")
    with translation.override("fr"):
        name = Catalogue().find([str(pear.pk)])[str(pear.pk)].name
        assert isinstance(name, Text)
        assert (name, name.language) == ("Pear", "en")


def test_a_list_is_narrowed_by_the_same_address_in_every_language(client: Client, shop: Shop, pear: SKU) -> None:
    shop.sku("Apple", origin="Yantai", label="Old")
    assert '<option value="Korla" selected>Korla (1)</option>' in page(client, "/list/fruit/?origin=Korla")
    html = page(client, "/zh-hans/list/fruit/?origin=Korla")
    assert '<option value="Korla" selected>新疆 (1)</option>' in html
    assert '<option value="Yantai" lang="en">Yantai (1)</option>' in html
    assert re.search(r'class="df-chip"[^>]*>\s*新疆<', html)
    assert "Apple" not in html.partition("df-h-new")[0]


def test_the_goods_viewed_last_say_which_language_they_are_in(shop: Shop, pear: SKU, chinese: None) -> None:
    apple = shop.sku("Apple")
    cards = [card.as_dict() for card in selectors.cards_on_sale([str(pear.pk), str(apple.pk)])]
    assert [(card["name"], card["name_language"], card["unit_language"]) for card in cards] == [
        ("库尔勒香梨", "", ""),
        ("Apple", "en", "en"),
    ]


def test_a_translation_that_changes_is_on_the_pages_at_once(
    client: Client, shop: Shop, pear: SKU, committing: Callable[[], Any]
) -> None:
    for path in ("/zh-hans/list/fruit/", f"/zh-hans/goods/{pear.pk}/"):
        assert "库尔勒香梨" in page(client, path)
    with committing():
        pear.translations["zh-hans"]["name"] = "香梨王"
        pear.save()
    with committing():
        GoodsType.objects.filter(pk=shop.fruit.pk).update(translations={"zh-hans": {"name": "鲜果"}})
    for path in ("/zh-hans/list/fruit/", f"/zh-hans/goods/{pear.pk}/"):
        html = page(client, path)
        assert "香梨王" in html
        assert "鲜果" in html


def test_a_translation_marks_the_pages_that_a_name_does(shop: Shop, pear: SKU) -> None:
    StalePage.objects.all().delete()
    SPU.objects.filter(pk=pear.spu_id).update(translations={"zh-hans": {"detail": "<p>好</p>"}})
    assert set(StalePage.objects.values_list("key", flat=True)) >= {f"detail:{pear.pk}", "list:fruit"}


def test_a_translation_is_cleaned_as_its_field_is(pear: SKU) -> None:
    dirty = {
        "zh-hans": {"detail": "<p onclick=x>甜</p><script>x</script>", "price": "5", "name": " "},
        "fr": {"name": ""},
    }
    pear.spu.translations = dirty
    pear.spu.save()
    clean = {"zh-hans": {"detail": "<p>甜</p>"}}
    assert pear.spu.translations == clean
    SPU.objects.filter(pk=pear.spu_id).update(translations=dirty)
    assert SPU.objects.get(pk=pear.spu_id).translations == clean
    made = SPU.objects.bulk_create([SPU(name="x", translations=dirty)])
    assert SPU.objects.get(name="x").translations == clean
    assert made


def test_a_column_that_nobody_can_read_shows_the_shops_own_words(pear: SKU, chinese: None) -> None:
    for broken in (None, [], "x", {"zh-hans": None}, {"zh-hans": {"name": 5}}):
        pear.translations = broken
        assert pear.said.name == "Pear"
    with pytest.raises(AttributeError):
        _ = pear.said.price


def test_numbers_on_cards_are_as_short_as_the_language_says() -> None:
    for code, said in {"en": ["860", "5.3k", "12k"], "zh-hans": ["860", "5300", "1.2万"]}.items():
        with translation.override(code):
            assert [short(number) for number in (860, 5300, 12000)] == said
