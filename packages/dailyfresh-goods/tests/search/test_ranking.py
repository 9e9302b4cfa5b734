"""In which order the local engine gives what it found."""

import random
from array import array

import pytest
from dailyfresh_goods.search.engines.conditions import evaluate
from dailyfresh_goods.search.engines.whoosh import WhooshReader

HOW_MANY = 400


@pytest.fixture
def reader():
    """A reader of goods that sell by chance."""
    dice, made = random.Random(7), WhooshReader.__new__(WhooshReader)
    made.columns = {
        "band": array("q", (dice.choice((0, 1, 1)) for _ in range(HOW_MANY))),
        "sales": array("q", (dice.choice((0, 3, 50)) for _ in range(HOW_MANY))),
        "newest": array("q", dice.sample(range(1000), HOW_MANY)),
    }
    return made


def by_hand(reader, scores, end):
    return sorted(scores, key=lambda number: (-scores[number], *reader._standing(number)))[:end]


@pytest.mark.parametrize("found", [1, 5, 60, HOW_MANY])
@pytest.mark.parametrize("kinds", [1, 3, 50])
def test_the_best_come_first_and_among_equals_what_is_there_and_sells(reader, found, kinds):
    dice = random.Random(found * kinds)
    for _ in range(20):
        scores = {number: float(dice.randrange(kinds)) for number in dice.sample(range(HOW_MANY), found)}
        for end in (0, 1, 20, found, found + 1):
            assert reader._best(scores, end) == by_hand(reader, scores, end)


def test_a_word_that_all_goods_have_ranks_them_without_looking_at_each_again(reader, monkeypatch):
    scores = dict.fromkeys(range(HOW_MANY), 1.0)
    first = reader._best(scores, 20)
    monkeypatch.setattr(reader, "_standing", lambda number: pytest.fail("looked at again"), raising=False)
    assert reader._best(scores, 20) == first


def test_what_fits_all_conditions_has_the_sum_of_their_scores():
    leaves = [
        {"field": "f", "lookup": "exact", "value": [name], "weight": weight, "part": 0}
        for name, weight in (("a", 0.1), ("b", 2.0), ("c", 0.0))
    ]
    holding = {"a": (1, 2, 3), "b": (2, 3, 4), "c": (1, 2, 4)}
    found = evaluate({"op": "and", "of": leaves}, lambda leaf: holding[leaf["value"][0]], set)
    assert found == {2: 2.1}
