"""Offers written out, in English and in Chinese."""

import pytest
from dailyfresh_core.i18n.languages import language_of
from dailyfresh_promotions.display import offer_texts
from dailyfresh_promotions.engine import Bundle, Cheapest, Each, Flash, FreeFreight, Off, Percent, Prices, Rule, Step
from dailyfresh_promotions.models import Rule as Row
from django.utils import translation


@pytest.mark.parametrize(
    ("benefit", "english", "chinese"),
    [
        (Off(((10000, 1000),)), "¥10 off from ¥100", "满 ¥100 减 ¥10"),
        (
            Off(((10000, 1000), (20000, 2550))),
            "¥10 off from ¥100 · ¥25.50 off from ¥200",
            "满 ¥100 减 ¥10 · 满 ¥200 减 ¥25.50",
        ),
        (Off(((2, 500),), True), "¥5 off from 2 pieces", "满 2 件 减 ¥5"),
        (Off(((0, 1000),)), "¥10 off", "减 ¥10"),
        (Each(5000, 800, cap=3000), "¥8 off for every ¥50, at most ¥30", "每满 ¥50 减 ¥8，最多 ¥30"),
        (Percent(((0, 8800),)), "12% off", "8.8 折"),
        (Percent(((3, 8000),), counts_pieces=True), "20% off from 3 pieces", "满 3 件 8 折"),
        (Percent(((0, 9550),)), "4.5% off", "9.55 折"),
        (Cheapest(3, 1, 0), "Buy 2, get 1 free", "买 2 赠 1"),
        (Cheapest(2, 1, 5000), "The second at half the price", "第二件半价"),
        (Cheapest(3, 1, 5000), "Of every 3 pieces the cheapest 1: 50% off", "每 3 件中最低价的 1 件 5 折"),
        (Bundle(3, 1290), "Any 3 for ¥12.90", "任选 3 件 ¥12.90"),
        (Prices({"1": 500}), "Special price", "特价"),
        (Prices(rate=9500), "5% off", "9.5 折"),
        (Flash(), "Flash price", "秒杀价"),
        (FreeFreight(5900), "Free delivery from ¥59", "满 ¥59 免运费"),
        (FreeFreight(0, 600), "¥6 off delivery", "运费减 ¥6"),
    ],
)
def test_an_offer_is_written_out_where_the_merchant_wrote_nothing(benefit, english, chinese):
    assert offer_texts.written(benefit) == english
    with translation.override("zh-hans"):
        assert offer_texts.written(benefit) == chinese


@pytest.mark.parametrize(
    ("benefit", "step", "english", "chinese"),
    [
        (Off(), Step(1200, off=1000), "¥12 more: ¥10 off", "再买 ¥12，减 ¥10"),
        (Percent(), Step(1, True, rate=8000), "1 piece more: 20% off", "再买 1 件，8 折"),
        (Cheapest(3, 1, 0), Step(2, True), "2 pieces more: Buy 2, get 1 free", "再买 2 件，买 2 赠 1"),
        (FreeFreight(5900), Step(950), "¥9.50 more: free delivery", "再买 ¥9.50，免运费"),
    ],
)
def test_a_hint_says_what_a_little_more_would_bring(benefit, step, english, chinese):
    assert offer_texts.hint(Rule(1, benefit), step) == english
    with translation.override("zh-hans"):
        assert offer_texts.hint(Rule(1, benefit), step) == chinese


def test_a_currency_without_a_minor_unit_is_worked_out_in_whole_ones(settings, book, rule, buyer):
    from minisite.shop import offers

    settings.DAILYFRESH = {"CURRENCY": "JPY"}
    rule("percent", {"tiers": [["0", 9500]]})
    offer = offers(buyer, {book("333"): 1, book("50"): 1})
    assert sum(offer.shares[0].amounts.values()) == -19
    assert all(amount == int(amount) for amount in offer.shares[0].amounts.values())


def test_what_the_merchant_calls_an_offer_is_said_in_the_language_of_the_page(db, settings):
    settings.LANGUAGE_CODE, settings.LANGUAGES = "zh-hans", [("zh-hans", "中文"), ("en", "English"), ("fr", "Français")]
    params = {"tiers": [["100.00", "10.00"]]}
    told = {"en": {"label": "Year-end sale"}}
    row = Row.objects.create(name="x", kind="off", params=params, label="年终大促", translations=told)
    for code, name in {"zh-hans": "年终大促", "en": "Year-end sale", "fr": "年终大促"}.items():
        with translation.override(code):
            assert offer_texts.named(row.offer([])) == name
    with translation.override("fr"):
        assert language_of(offer_texts.named(row.offer([]))) == "zh-hans"
