"""The words by themselves: spelling, cutting, sounds, packs, synonyms."""

import subprocess
import sys

import pytest
from dailyfresh_goods.search.models import Synonym
from dailyfresh_goods.search.query.corrections import distance
from dailyfresh_goods.search.vocabulary import Vocabulary
from dailyfresh_goods.search.words.dictionary import shipped_groups
from dailyfresh_goods.search.words.grams import grams, head_grams, needles
from dailyfresh_goods.search.words.normal import normalise
from dailyfresh_goods.search.words.packs import packs, without_packs
from dailyfresh_goods.search.words.pinyin import sounds
from dailyfresh_goods.search.words.segmentation import Jieba, segmenter
from dailyfresh_goods.search.words.thesaurus import Thesaurus


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("紅顏草莓", "红颜草莓"),
        ("ＴＯＭＡＴＯ　２００ｇ", "tomato 200g"),
        ("cǎo-méi", "cao mei"),
        ("xi'an", "xian"),
        ("lǜchá", "lvcha"),
        ("【牛排】！！", "牛排"),
        ("1.5kg.", "1.5kg"),
        ("a\x00b\u200bc\n", "a b c"),
        ("", ""),
    ],
)
def test_one_spelling_for_what_means_the_same(text, plain):
    assert normalise(text) == plain


@pytest.mark.parametrize(
    "same",
    [
        ("半斤", "250克", "0.25kg", "250 g"),
        ("十枚", "10个", "10只装"),
        ("1.2kg", "约1.2公斤", "1200G"),
        ("两斤", "1kg", "2斤"),
    ],
)
def test_a_pack_has_one_spelling(same):
    assert len({frozenset(packs(normalise(text))) for text in same}) == 1


def test_numbers_inside_words_are_no_packs():
    assert without_packs("三文鱼") == ("三文鱼", [])
    assert without_packs("五花肉一斤") == ("五花肉", ["500g"])
    assert without_packs("二荆条辣椒") == ("二荆条辣椒", [])


def test_a_compound_is_found_by_its_parts_and_not_by_what_it_only_looks_like():
    found = grams("樱桃谷鸭")
    assert {"樱桃谷鸭", "鸭"} <= found
    assert not set(needles("樱桃")) <= found
    assert not set(needles("水果")) <= grams("水果玉米")
    assert set(needles("土鸡蛋")) <= grams("散养土鸡蛋")


def test_a_name_says_last_what_it_is():
    assert {"蟹", "大闸蟹"} <= head_grams("大闸蟹（母）")
    assert "樱桃谷鸭" in head_grams("樱桃谷鸭")
    assert "三文鱼" not in head_grams("三文鱼刺身")


def test_names_are_heard_by_words_runs_and_initials():
    full, initials = sounds("红颜草莓")
    assert {"caomei", "hongyancaomei"} <= full
    assert {"cm", "hycm"} <= initials
    assert "changqie" in sounds("紫长茄")[0]
    assert {"bazhuayu", "bazhaoyu"} <= sounds("八爪鱼")[0]


def test_jieba_and_rjieba_cut_the_same_words():
    pytest.importorskip("rjieba")
    slow = Jieba()
    for name in ("散养土鸡蛋", "红颜草莓", "猪肉白菜水饺", "阳光玫瑰青提", "内蒙古羊腿", "樱桃谷鸭"):
        assert list(slow.cut(name)) == list(segmenter().cut(name))
        assert sorted(slow.spans(name)) == sorted(segmenter().spans(name))


def test_distance_counts_a_swap_of_neighbours_as_one():
    assert distance("西兰花", "西花") == 1
    assert distance("abcd", "abdc") == 1
    assert distance("草莓", "草莓") == 0
    assert distance("", "ab") == 2


def test_a_row_of_the_shop_works_at_once_and_takes_the_place_of_the_shipped(db):
    assert "西红柿" in Vocabulary().thesaurus().alternatives("番茄")
    row = Synonym.objects.create(words="番茄，小红", narrower="贝贝番茄")
    assert set(Vocabulary().thesaurus().alternatives("番茄")) == {"小红", "贝贝番茄"}
    assert "番茄" not in Vocabulary().thesaurus().alternatives("贝贝番茄")
    row.active = False
    row.save()
    assert "西红柿" in Vocabulary().thesaurus().alternatives("番茄")


def test_narrower_words_are_found_one_way():
    words = thesaurus_without_rows()
    assert "牛排" in words.alternatives("牛肉")
    assert "牛肉" not in words.alternatives("牛排")


def thesaurus_without_rows():
    return Thesaurus(shipped_groups(), [])


def test_the_catalogue_works_where_haystack_is_not_installed():
    code = (
        "import sys; [sys.modules.__setitem__(name, None) for name in ('haystack', 'whoosh', 'jieba', 'rjieba', 'tantivy', 'pypinyin', 'opencc')]\n"
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'minisite.settings'\n"
        "import django; django.setup()\n"
        "from django.urls import reverse; from django.core.management import call_command; call_command('check'); print(reverse('dailyfresh_goods:home'))"
    )
    from pathlib import Path

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        env={"PATH": "", "PYTHONPATH": "."},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("/goods-shop/")
