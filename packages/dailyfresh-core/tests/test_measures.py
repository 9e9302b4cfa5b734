"""How much of something: what it costs, what may be asked for, and how it is written; cases by their numbers (C1, C2)."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from dailyfresh_core.joins import WrongShape
from dailyfresh_core.pricing.measures import (
    BY_THE_PIECE,
    Grams,
    Measured,
    about,
    accepted,
    agrees,
    amount,
    counted,
    grams_of,
    measure_of,
    per,
    pieces_of,
    read,
    spoken,
    times,
    within,
    written,
)
from django.template import Context, Template
from django.utils import translation

LOOSE = Measured("weight", "weight", 500, 0, 300, 50)
BY_KILO = Measured("weight", "weight", 1000)
CATCH = Measured("piece", "weight", 500, 180)


@pytest.mark.parametrize(
    ("case", "price", "quantity", "measure", "comes_to"),
    [
        ("C1", "12.80", 750, LOOSE, "19.20"),
        ("C1", "9.99", 350, LOOSE, "6.99"),
        ("C1", "33.33", 15, BY_KILO, "0.50"),
        ("C1: by the piece, priced by weight", "15.99", 3, CATCH, "17.27"),
        ("C2", "0.01", 249, LOOSE, "0.00"),
        ("C2", "0.01", 250, LOOSE, "0.01"),
        ("C2", "0.01", 251, LOOSE, "0.01"),
        ("C9", "39.90", 2, BY_THE_PIECE, "79.80"),
    ],
)
def test_a_line_is_rounded_once_and_half_a_fen_up(
    case: str, price: str, quantity: int, measure: Measured, comes_to: str
) -> None:
    assert str(amount(Decimal(price), quantity, measure)) == comes_to


def test_where_there_is_no_minor_unit_an_amount_is_whole(settings: Any) -> None:
    settings.DAILYFRESH = {"CURRENCY": "JPY"}
    assert amount(Decimal(999), 350, LOOSE) == 699
    assert amount(Decimal(1), 250, LOOSE) == 1
    assert amount(Decimal(999), 3, BY_THE_PIECE) == 2997


@pytest.mark.parametrize(
    ("quantity", "measure", "is_accepted"),
    [
        (Grams(300), LOOSE, True),
        (Grams(350), LOOSE, True),
        (Grams(250), LOOSE, False),
        (Grams(320), LOOSE, False),
        (350, LOOSE, False),
        (2, BY_THE_PIECE, True),
        (Grams(2), BY_THE_PIECE, False),
        (0, BY_THE_PIECE, False),
        (6, Measured(minimum=6, step=6), True),
        (7, Measured(minimum=6, step=6), False),
    ],
)
def test_the_door_takes_steps_from_the_minimum_on_and_never_pieces_for_grams(
    quantity: int, measure: Measured, is_accepted: bool
) -> None:
    assert accepted(quantity, measure) is is_accepted


def test_what_is_left_is_offered_in_steps_and_not_below_the_minimum() -> None:
    assert [within(bound, LOOSE) for bound in (0, 299, 300, 349, 10_020)] == [0, 0, 300, 300, 10_000]
    assert [within(bound, BY_THE_PIECE) for bound in (0, 1, 7)] == [0, 1, 7]


@pytest.mark.parametrize(
    ("text", "quantity", "program"),
    [
        ("3", 3, "3"),
        ("750g", 750, "750g"),
        ("750 g", 750, "750g"),
        ("1.5 kg", 1500, "1500g"),
        ("1.5\N{NO-BREAK SPACE}kg", 1500, "1500g"),
        ("1,25KG", 1250, "1250g"),
        ("2斤", 1000, "1000g"),
        ("0.5公斤", 500, "500g"),
    ],
)
def test_what_people_write_is_read_and_grams_stay_grams(text: str, quantity: int, program: str) -> None:
    found = read(text)
    assert found == quantity
    assert written(found) == program
    assert read(program) == found
    assert isinstance(found, Grams) == program.endswith("g")


@pytest.mark.parametrize(
    "text", ["", "1.5", "0.0005kg", "750 lb", "-5g", "g", "٣", "1e3", "7 50g", "1234567890", "3\n"]
)
def test_what_is_no_quantity_is_none(text: str) -> None:
    assert read(text) is None


def test_a_buyer_reads_weights_prices_and_estimates_in_his_language() -> None:
    assert (spoken(750, LOOSE), spoken(Grams(1500)), spoken(1000, LOOSE), spoken(3)) == (
        "750\xa0g",
        "1.5\xa0kg",
        "1\xa0kg",
        "3",
    )
    assert (times(3, CATCH), times(750, LOOSE)) == ("× 3", "750\xa0g")
    assert (per(LOOSE), per(BY_KILO), per(BY_THE_PIECE)) == ("/500\xa0g", "/kg", "")
    with translation.override("de"):
        assert spoken(1250, LOOSE) == "1,25\xa0kg"
    with translation.override("zh-hans"):
        assert (counted(3), counted(Grams(50))) == ("3 件", "50\xa0g")
        assert (about(3, CATCH), about(750, LOOSE), about(3, BY_THE_PIECE)) == ("约 540\xa0g", "约 750\xa0g", "")


def test_templates_write_them_by_filters() -> None:
    page = Template("{% load dailyfresh_core %}{{ n|quantity:m }}|{{ n|about:m }}|{{ m|per }}|{{ g|quantity }}")
    assert page.render(Context({"n": 2, "m": CATCH, "g": Grams(50)})) == "2|about 360\xa0g|/500\xa0g|50\xa0g"


def test_what_was_weighed_counts_as_one_thing() -> None:
    assert (pieces_of(Grams(750)), pieces_of(3)) == (1, 3)
    assert (grams_of(750, LOOSE), grams_of(3, CATCH), grams_of(3, BY_THE_PIECE)) == (750, 540, 0)
    assert (agrees(2, LOOSE), agrees(Grams(2), LOOSE)) == (False, True)


@pytest.mark.parametrize("item", [SimpleNamespace(name="pear"), SimpleNamespace(name="pear", measure=None)])
def test_what_says_nothing_of_a_measure_is_sold_by_the_piece(item: Any) -> None:
    assert measure_of(item) == BY_THE_PIECE


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        (Measured("weight", "piece"), "What is sold by weight is priced by weight."),
        (Measured("kilo", "weight", nominal_grams=1), "It is “piece” or “weight”."),
        (Measured("weight", "weight", 250), "A price is for 100, 500 or 1000 grams."),
        (Measured("piece", "weight"), "need what one weighs, about"),
        (Measured(minimum=5, step=2), "The minimum is a multiple of the step."),
        (Measured(minimum=0), "Write a whole number from 1 on."),
        (Measured(step=2.5), "Write a whole number from 1 on."),  # type: ignore[arg-type]
        (SimpleNamespace(sold_by="piece"), "it lacks priced_by, price_grams, nominal_grams, minimum, step."),
    ],
)
def test_a_measure_that_cannot_be_is_a_sentence(measure: Any, sentence: str) -> None:
    with pytest.raises(WrongShape) as raised:
        measure_of(SimpleNamespace(name="pear", measure=measure))  # type: ignore[arg-type]
    assert sentence in str(raised.value)
