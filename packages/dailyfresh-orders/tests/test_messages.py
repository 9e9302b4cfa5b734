"""The Chinese catalogue is complete, compiled, and used by the pages."""

import gettext
import re
from pathlib import Path

import dailyfresh_orders
from django.urls import reverse

FOLDER = Path(dailyfresh_orders.__file__).parent / "locale/zh_Hans/LC_MESSAGES"


def test_every_message_is_translated_and_compiled():
    source = (FOLDER / "django.po").read_text()
    assert "#, fuzzy" not in source
    assert "#~" not in source
    entries = source.split("\n\n")[1:]
    assert [entry for entry in entries if re.search(r'msgstr(\[0\])? ""\s*$', entry)] == []
    with (FOLDER / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    assert len(entries) == sum(1 for key in catalogue._catalog if key and (not isinstance(key, tuple) or key[1] == 0))


def test_a_chinese_buyer_reads_chinese(shop, apple):
    page = shop.get(
        reverse("dailyfresh_orders:confirm"), {"buy": f"{apple.pk}:1"}, headers={"Accept-Language": "zh-Hans"}
    ).content.decode()
    for words in ("确认订单", "收货地址", "支付方式", "运费", "提交订单", "货到付款"):
        assert words in page
    assert "Place the order" not in page
