"""The catalogue of Simplified Chinese is whole, compiled, and used."""

import gettext
import re
from importlib.resources import files
from typing import Any

from conftest import ask
from django.test import Client

LOCALE = files("dailyfresh_cart") / "locale" / "zh_Hans" / "LC_MESSAGES"


def test_every_sentence_is_translated_and_compiled() -> None:
    text = (LOCALE / "django.po").read_text(encoding="utf-8")
    entries = text.split("\n\n")[1:]
    assert len(entries) > 80
    assert "fuzzy" not in text
    with (LOCALE / "django.mo").open("rb") as compiled:
        known = gettext.GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    for entry in entries:
        key = re.search(r'^msgid "(.+)"$', entry, re.M)
        said = re.search(r'^msgstr(?:\[0\])? "(.+)"$', entry, re.M)
        assert key, entry
        assert said, entry
        assert said[1].replace('\\"', '"') in known.values(), entry
        assert sorted(re.findall(r"%\(\w+\)[sd]", key[1])) == sorted(re.findall(r"%\(\w+\)[sd]", said[1])), entry


def test_the_templates_hold_no_sentence_that_the_catalogue_does_not_know() -> None:
    text = (LOCALE / "django.po").read_text(encoding="utf-8")
    templates = files("dailyfresh_cart") / "templates" / "dailyfresh_cart"
    said = [
        sentence
        for page in templates.iterdir()
        for sentence in re.findall(r'{% translate "([^"]+)"', page.read_text(encoding="utf-8"))
    ]
    assert len(said) > 50
    assert [sentence for sentence in said if f'msgid "{sentence}"' not in text] == []


def test_pages_and_answers_speak_chinese(client: Client, book: Any) -> None:
    ulysses = book(copies=3)
    ask(client, "add", sku_id=ulysses.pk, quantity=2)
    client.cookies["django_language"] = "zh-hans"
    html = client.get("/shop/basket/").content.decode()
    for words in ("购物车", "去结算（2 件）", ">（2 件）<", "仅剩 3 件", "已满 ¥59.00，免运费", "结算明细"):
        assert words in html
    answer = ask(client, "add", sku_id=ulysses.pk, quantity=2)
    assert answer["message"] == "“Ulysses”仅剩 3 件，购物车里已有 2 件。"
