"""Goods are found by their names in every language of the shop, whatever the language of the page."""

import re

import pytest
from dailyfresh_goods.models import SKU, SPU, GoodsType, StaleDocument
from dailyfresh_goods.search.indexing import drain, rebuild, status
from dailyfresh_goods.search.results.finding import Refinement, find
from dailyfresh_goods.search.results.suggestions import suggestions
from demo import use_index
from django.urls import reverse
from django.utils import translation


@pytest.fixture
def goods(db, settings):
    """Two goods whose slugs say nothing, in a shop that is written in Chinese."""
    settings.LANGUAGE_CODE, settings.LANGUAGES = "zh-hans", [("zh-hans", "中文"), ("en", "English"), ("de", "Deutsch")]
    told = {"en": {"name": "Poultry & eggs"}, "de": {"name": "Frisches Gemüse"}}
    kind = GoodsType.objects.create(name="新鲜蔬菜", slug="t1", translations=told)
    words = {
        "x1": ("普罗旺斯番茄", "Provence tomatoes", "Tomaten"),
        "x2": ("高山香菇", "Mountain shiitake", "Shiitakepilze"),
    }
    made = {}
    for slug, (name, english, german) in words.items():
        told = {"en": {"name": english}, "de": {"name": german, "origin": "Süden"}}
        spu = SPU.objects.create(name=name, translations={"en": {"detail": "<p>Grown slowly</p>"}})
        made[slug] = SKU.objects.create(
            type=kind, spu=spu, name=name, slug=slug, price="9.80", unit="500g", stock=9, translations=told
        )
    return made


def found(text):
    return [hit.card.sku_id for hit in find(text, Refinement()).hits]


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
@pytest.mark.parametrize(
    ("text", "slug"),
    [("Provence", "x1"), ("tomato", "x1"), ("Tomaten", "x1"), ("shiitake", "x2"), ("mounta", "x2"), ("香菇", "x2")],
)
def test_a_name_in_any_language_finds_the_goods(goods, tmp_path, engine, text, slug):
    with use_index(tmp_path, engine):
        rebuild()
        for code in ("zh-hans", "en"):
            with translation.override(code):
                assert found(text) == [str(goods[slug].pk)]


def test_a_type_that_names_several_things_is_not_found_by_one_of_them(goods, tmp_path):
    with use_index(tmp_path):
        rebuild()
        assert found("eggs") == []
        assert len(found("Gemüse")) == 2


def test_hits_and_suggestions_are_in_the_language_of_the_page(goods, tmp_path):
    with use_index(tmp_path):
        rebuild()
        with translation.override("en"):
            (hit,) = find("tomatoes", Refinement()).hits
            assert hit.card.name == "Provence tomatoes"
            assert [text for text, lit in hit.name if lit] == ["tomatoes"]
            assert [item["text"] for item in suggestions("toma")] == ["Provence tomatoes"]
        assert [item["text"] for item in suggestions("toma")] == ["普罗旺斯番茄"]


def test_without_an_index_the_database_knows_the_names_in_all_languages(goods, tmp_path):
    with use_index(tmp_path / "none"):
        reply = find("provence", Refinement())
        assert reply.degraded
        assert [hit.card.sku_id for hit in reply.hits] == [str(goods["x1"].pk)]
        assert [hit.card.sku_id for hit in find("SHIITAKEPILZE", Refinement()).hits] == [str(goods["x2"].pk)]


def test_a_translation_that_changes_is_indexed_anew(goods, tmp_path):
    with use_index(tmp_path):
        rebuild()
        StaleDocument.objects.all().delete()
        goods["x1"].translations["en"]["name"] = "Love apples"
        goods["x1"].save()
        GoodsType.objects.update(translations={"en": {"name": "Greenery"}})
        assert status().outdated
        drain()
        assert not status().outdated
        assert found("Provence") == []
        assert found("love apples") == [str(goods["x1"].pk)]
        assert len(found("greenery")) == 2


def test_a_word_is_lit_in_the_plural_and_the_singular(goods, tmp_path):
    with use_index(tmp_path), translation.override("en"):
        rebuild()
        for text in ("tomato", "tomatoes"):
            (hit,) = find(text, Refinement()).hits
            assert [part for part, lit in hit.name if lit] == ["tomatoes"]


def test_the_goods_of_a_dish_are_named_in_the_language_of_the_page(goods, tmp_path, client):
    with use_index(tmp_path):
        rebuild()
        english = client.get(
            reverse("dailyfresh_search:search"), {"q": "番茄炒香菇"}, headers={"Accept-Language": "en"}
        ).content.decode()
        with translation.override("zh-hans"):
            chinese = find("番茄炒香菇", Refinement()).groups
    assert [group.called for group in chinese] == ["番茄", "香菇"]
    assert '<h2 id="df-h-together-1">tomato</h2>' in english
    assert re.search(r'<h1 class="df-h1">Results for “<bdi lang="zh">番茄炒香菇</bdi>”</h1>', english)
