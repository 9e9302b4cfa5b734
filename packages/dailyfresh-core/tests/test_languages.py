"""A text and its language: what is said where, and how a page marks it."""

import pickle
from typing import Any

import pytest
from dailyfresh_core.i18n.languages import Text, foreign, language_of, others, translated_in
from dailyfresh_core.i18n.translations import read
from django.conf import global_settings
from django.template import Context, Template
from django.utils import translation

PAGE = "{% load dailyfresh_core %}<b{{ text|lang }}>{{ text }}</b> {{ text|said }}"


def drawn(text: str, page: str = PAGE) -> str:
    return Template(page).render(Context({"text": text}))


def test_a_text_of_another_language_is_marked_with_it_and_escaped() -> None:
    with translation.override("en"):
        assert (
            drawn(Text("梨 & 桃", "zh-hans"))
            == '<b lang="zh-hans">梨 &amp; 桃</b> <bdi lang="zh-hans">梨 &amp; 桃</bdi>'
        )
        assert drawn(Text("Pear", "en")) == drawn("Pear") == "<b>Pear</b> Pear"
        assert drawn("梨", '{% load dailyfresh_core %}{{ text|said:"zh-hans" }}') == '<bdi lang="zh-hans">梨</bdi>'


@pytest.mark.parametrize(
    ("code", "page", "marked"),
    [("en", "en-gb", ""), ("pt-br", "pt", ""), ("zh-hans", "zh-hant", "zh-hans"), ("", "en", ""), ("de", "en", "de")],
)
def test_a_language_and_its_kinds_are_one_for_a_page(code: str, page: str, marked: str) -> None:
    with translation.override(page):
        assert foreign(code) == language_of(Text("x", code)) == marked


def test_a_text_keeps_its_language_where_it_is_kept() -> None:
    kept = pickle.loads(pickle.dumps(Text("梨", "zh-hans")))
    assert (kept, kept.language, kept == "梨", {kept: 1}["梨"]) == ("梨", "zh-hans", True, 1)


def test_texts_are_translated_into_the_languages_that_a_site_chose_but_its_own(settings: Any) -> None:
    settings.LANGUAGE_CODE, settings.LANGUAGES = "en-us", [("en", "English"), ("de", "Deutsch"), ("pt-br", "Brasil")]
    assert others() == [("de", "Deutsch"), ("pt-br", "Brasil")]
    for active, codes in (("pt-br", ["pt-br", "pt"]), ("en", []), ("de", ["de"])):
        with translation.override(active):
            assert translated_in() == codes
    settings.LANGUAGES = global_settings.LANGUAGES
    assert others() == []
    settings.LANGUAGES, settings.USE_I18N = [("de", "Deutsch")], False
    assert others() == []


def test_what_cannot_be_read_of_a_column_is_left_out() -> None:
    assert read({"en": {"name": " Pear\r\n", "text": "", "unit": 5}, "de": {"name": "  "}, "fr": "poire"}) == {
        "en": {"name": "Pear"}
    }
    assert read(None) == read([1]) == read("{}") == {}
