"""Several goods in one phrase, and dishes: each is answered for itself, and none is lost."""

import pytest
from dailyfresh_goods.models import SKU
from dailyfresh_goods.search.indexing import rebuild
from dailyfresh_goods.search.models import Dish
from dailyfresh_goods.search.results.finding import Refinement, find
from dailyfresh_goods.search.results.suggestions import suggestions
from dailyfresh_goods.search.vocabulary import Vocabulary
from dailyfresh_goods.search.words.dishes import shipped_dishes
from django.urls import reverse

URL = reverse("dailyfresh_search:search")
PHRASES = {
    "番茄炒蛋": {"番茄": "tomato", "鸡蛋": "free-range-egg"},
    "西红柿炒鸡蛋的做法": {"番茄": "tomato", "鸡蛋": "free-range-egg"},
    "苹果和梨": {"苹果": "fuji-apple", "梨": "pear"},
    "苹果或香蕉": {"苹果": "fuji-apple", "香蕉": "banana"},
    "苹果 xyz 香蕉": {"苹果": "fuji-apple", "香蕉": "banana"},
    "苹果、香蕉、梨": {"苹果": "fuji-apple", "香蕉": "banana", "梨": "pear"},
    "土豆烧牛肉": {"牛肉": "steak", "土豆": "potato", "胡萝卜": "carrot"},
    "土豆胡萝卜": {"土豆": "potato", "胡萝卜": "carrot"},
    "黄瓜炒虾": {"黄瓜": "cucumber", "虾": "shrimp"},
    "鸡腿炖香菇": {"鸡腿": "chicken-leg", "香菇": "mushroom"},
    "生蚝和大闸蟹": {"生蚝": "oyster", "大闸蟹": "crab"},
    "茄子土豆青椒": {"茄子": "eggplant", "土豆": "potato", "青椒": "bell-pepper"},
    "地三鲜": {"土豆": "potato", "茄子": "eggplant", "青椒": "bell-pepper"},
    "五花肉炖土豆": {"五花肉": "pork-belly", "土豆": "potato"},
    "apple and banana": {"apple": "fuji-apple", "banana": "banana"},
    "tomato and egg": {"番茄": "tomato", "鸡蛋": "free-range-egg"},
}
both_engines = pytest.mark.parametrize("engine", ["whoosh", "tantivy"])


def slugs(hits):
    keys = [card.sku_id for hit in hits for card in (hit.packs or [hit.card])]
    return list(SKU.objects.filter(pk__in=keys).values_list("slug", flat=True))


@both_engines
def test_no_phrase_loses_one_of_its_goods(shop):
    lost = {}
    for phrase, expected in PHRASES.items():
        groups = {group.word: slugs(group.hits) for group in find(phrase, Refinement()).groups}
        missing = {word: slug for word, slug in expected.items() if slug not in groups.get(word, ())}
        if missing:
            lost[phrase] = missing, groups
    assert not lost


@pytest.mark.parametrize("phrase", ["草莓 红颜", "猕猴桃桃", "阳光玫葡萄", "猪肉 水饺", "大 虾", "红烧", "手机"])
def test_what_names_one_thing_stays_one(shop, phrase):
    assert find(phrase, Refinement()).groups == []


def test_goods_of_that_name_come_before_the_dish(shop):
    SKU.objects.filter(pk=shop["dumpling"]).update(name="番茄炒蛋 速冻")
    rebuild()
    found = find("番茄炒蛋", Refinement())
    assert (found.groups, slugs(found.hits)) == ([], ["dumpling"])


def test_what_the_shop_lacks_is_said(shop, client):
    page = client.get(URL, {"q": "番茄牛腩"}).content.decode()
    assert 'We have no <bdi lang="zh">牛腩</bdi>' in page or "together-1" in page
    page = client.get(URL, {"q": "苦瓜炒蛋"}).content.decode()
    assert "We have no bitter gourd at the moment." in page
    assert "Did you mean" not in page
    assert "Nothing" not in page


def test_the_page_answers_in_groups_and_filters_join_them(shop, client):
    page = client.get(URL, {"q": "番茄炒蛋"})
    assert [group["word"] for group in page.context["groups"]] == ["番茄", "鸡蛋"]
    assert "data-together-part" in page.content.decode()
    narrowed = client.get(URL, {"q": "番茄炒蛋", "category": "veg"})
    assert narrowed.context["groups"] == []
    assert {hit.card.tone for hit in narrowed.context["found"].hits} == {"veg"}


def test_the_shop_writes_dishes_of_its_own(shop):
    Dish.objects.create(names="番茄炒蛋, 招牌菜", ingredients="番茄, 鸭蛋")
    for name in ("番茄炒蛋", "招牌菜"):
        assert [group.word for group in find(name, Refinement()).groups] == ["番茄", "鸭蛋"]
    Dish.objects.update(active=False)
    Dish.objects.first().save()
    assert [group.word for group in find("番茄炒蛋", Refinement()).groups] == ["番茄", "鸡蛋"]


def test_every_shipped_dish_is_made_of_words_that_the_search_knows(db):
    dishes, words = shipped_dishes(), Vocabulary().thesaurus()
    assert len(dishes) >= 150
    names = [name for names, _ingredients in dishes for name in names]
    assert len(names) == len(set(names))
    aside = {"香椿", "苋菜", "梅干菜", "蒜苔", "鸡爪", "酸菜", "鱼头", "雪菜", "百合"}
    assert {word for _names, some in dishes for word in some if word not in words} <= aside


@pytest.mark.parametrize(
    ("typed", "never"), [("草梅梅", "草梅"), ("生豪", "生耗"), ("caomey", "草梅"), ("鸡但", "鸡旦")]
)
def test_a_slip_is_never_proposed(shop, typed, never):
    found = find(typed, Refinement())
    assert never not in found.query.corrected


@pytest.mark.parametrize("known", ["榴莲", "牛奶", "山竹荔枝", "带鱼"])
def test_what_is_well_spelled_and_not_sold_is_not_corrected(shop, known):
    assert find(known, Refinement()).query.corrected == ""


def test_rice_means_no_rice_balls(shop):
    assert find("大米", Refinement()).number == 0
    assert slugs(find("饭团", Refinement()).hits) == ["rice-ball"]


@both_engines
def test_rice_is_what_a_name_ends_with_and_not_what_it_is_made_of(shop):
    for slug, name in {"dumpling": "糯米烧麦", "chili": "小米辣", "corn": "黑糯玉米", "potato": "东北长粒糯米"}.items():
        SKU.objects.filter(pk=shop[slug]).update(name=name)
    rebuild()
    for typed in ("大米", "香米"):
        assert slugs(find(typed, Refinement()).hits) == ["potato"]
    assert "dumpling" in slugs(find("糯米", Refinement()).hits)
    assert {group.word: slugs(group.hits) for group in find("蛋炒饭", Refinement()).groups}["大米"] == ["potato"]


@pytest.mark.parametrize("phrase", ["时令蔬菜", "当季蔬菜"])
def test_vegetables_of_the_season_are_vegetables_as_fruit_is_fruit(shop, phrase):
    assert {hit.card.tone for hit in find(phrase, Refinement()).hits} == {"veg"}
    assert {hit.card.tone for hit in find("时令水果", Refinement()).hits} == {"fruit"}


@both_engines
@pytest.mark.parametrize(
    ("typed", "slug"), [("xihong", "tomato"), ("malingsh", "potato"), ("shengh", "oyster"), ("chelizi", "cherry")]
)
def test_the_beginning_of_a_synonym_in_pinyin_suggests_its_goods(shop, typed, slug):
    keys = [item["sku_id"] for item in suggestions(typed) if item["kind"] == "goods"]
    assert SKU.objects.filter(pk__in=keys, spu__skus=shop[slug]).exists()


@pytest.mark.parametrize("page", ["2", "50", "51", "9" * 20])
def test_a_page_past_the_end_is_none(shop, client, page):
    assert client.get(URL, {"q": "苹果", "page": page}).status_code == 404
    assert client.get(URL, {"q": "番茄炒蛋", "page": page}).status_code == 404


@both_engines
def test_packs_of_one_product_are_one_card_that_leads_to_each(shop, client):
    response = client.get(URL, {"q": "草莓"})
    hits = response.context["found"].hits
    packs = next(hit.packs for hit in hits if hit.packs)
    assert {card.name for card in packs} == {"红颜草莓"}
    assert [card.price for card in packs] == sorted(card.price for card in packs)
    assert len({hit.card.name for hit in hits}) == len(hits)
    page = response.content.decode()
    for card in packs:
        assert f'<a href="{card.url}"' in page
