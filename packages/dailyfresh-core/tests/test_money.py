"""Prices in the site's currency, as the visitor's language writes them; `Intl.NumberFormat` writes the same in the browser."""

from decimal import Decimal
from typing import Any

import pytest
from dailyfresh_core.checks import check_shared
from dailyfresh_core.pricing.money import shown
from django.template import Context, Template
from django.utils.translation import override

AMOUNT = Decimal("1234.5")
WRITTEN = {
    ("CNY", "zh-hans"): "¥1,234.50",
    ("CNY", "en"): "¥1,234.50",
    ("CNY", "de"): "1.234,50\xa0¥",
    ("USD", "en"): "$1,234.50",
    ("USD", "zh-hans"): "$1,234.50",
    ("USD", "de"): "1.234,50\xa0$",
    ("EUR", "en"): "€1,234.50",
    ("EUR", "de"): "1.234,50\xa0€",
    ("EUR", "zh-hans"): "€1,234.50",
    ("JPY", "ja"): "￥1,235",
    ("JPY", "en"): "¥1,235",
    ("JPY", "zh-hans"): "¥1,235",
    ("JPY", "de"): "1.235\xa0¥",
    ("CHF", "en"): "CHF\xa01,234.50",
}
"""As `new Intl.NumberFormat(language, {style: "currency", currency, currencyDisplay: "narrowSymbol"})` gives it in Chromium."""


@pytest.mark.parametrize(("currency", "language"), WRITTEN)
def test_a_price_is_written_as_intl_writes_it(settings: Any, currency: str, language: str) -> None:
    settings.DAILYFRESH = {"CURRENCY": currency}
    with override(language):
        assert shown(AMOUNT) == WRITTEN[currency, language]
        assert shown(-AMOUNT) == f"-{WRITTEN[currency, language]}"


def test_a_price_large_and_small_has_the_same_signs(settings: Any) -> None:
    template = Template("{% load dailyfresh_core %}{{ amount|price_parts }}")
    written = {}
    for currency, language in [("CNY", "en"), ("EUR", "de"), ("JPY", "en")]:
        settings.DAILYFRESH = {"CURRENCY": currency}
        with override(language):
            written[currency] = template.render(Context({"amount": AMOUNT}))
    assert written == {
        "CNY": "<i>¥</i><b>1,234</b><i>.50</i>",
        "EUR": "<b>1.234</b><i>,50\xa0€</i>",
        "JPY": "<i>¥</i><b>1,235</b>",
    }


@pytest.mark.parametrize("code", ["yuan", "cny", "", None, 156, "KWD"])
def test_what_is_no_currency_with_two_places_is_an_error(settings: Any, code: object) -> None:
    settings.DAILYFRESH = {"CURRENCY": code}
    (found,) = check_shared()
    assert found.id == "dailyfresh_core.E002"
    assert "ISO 4217" in str(found.hint)


def test_the_script_is_told_the_currency(settings: Any, client: Any) -> None:
    settings.DAILYFRESH = {"CURRENCY": "EUR"}
    assert 'data-currency="EUR"' in client.get("/page/").content.decode()
