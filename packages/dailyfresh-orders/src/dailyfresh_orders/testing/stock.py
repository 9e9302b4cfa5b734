"""What the package relies on in a stock strategy; also over a model of your own."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ..exceptions import StockShort
from ..stock import Stock


@pytest.mark.django_db
class StockContract:
    """Inherit it and give the fixtures `strategy` and `rows`: two sku_ids of which 10 pieces each can be sold.

    Races between processes are not in here: see `tests/test_races.py` of this package for how to run them.
    """

    def test_takes_and_gives_back(self, strategy: Stock, rows: list[str]) -> None:
        one, two = rows
        with transaction.atomic():
            strategy.take({one: 3, two: 10})
        assert strategy.left(rows) == {one: 7, two: 0}
        with transaction.atomic():
            strategy.give_back({one: 3, two: 4})
        assert strategy.left(rows) == {one: 10, two: 4}

    def test_adds_to_one_row_and_takes_off_another_at_once(self, strategy: Stock, rows: list[str]) -> None:
        one, two = rows
        with transaction.atomic():
            strategy.add({one: -12, two: 3})
        assert strategy.left(rows) == {one: 0, two: 13}

    def test_takes_other_rows_in_other_quantities_the_next_time(self, strategy: Stock, rows: list[str]) -> None:
        one, two = rows
        for quantities in ({one: 3}, {two: 4}, {one: 1, two: 2}, {two: 3, one: 2}):
            with transaction.atomic():
                strategy.take(quantities)
        assert strategy.left(rows) == {one: 4, two: 1}

    def test_takes_all_lines_or_none(self, strategy: Stock, rows: list[str]) -> None:
        one, two = rows
        with pytest.raises(StockShort), transaction.atomic():
            strategy.take({one: 1, two: 11})
        assert strategy.left(rows) == {one: 10, two: 10}

    def test_takes_nothing_of_any_row_when_nothing_is_asked_for(self, strategy: Stock, rows: list[str]) -> None:
        with transaction.atomic():
            strategy.take({})
            strategy.give_back({})
        assert strategy.left(rows) == dict.fromkeys(rows, 10)

    def test_takes_nothing_of_what_is_not_there(self, strategy: Stock, rows: list[str]) -> None:
        written_otherwise = [f"0{rows[1]}", f"+{rows[1]}"]
        for strange in ("0", "-1", "01", "１", "abc", str(2**63), "9" * 40, "x" * 64, *written_otherwise):
            with pytest.raises(StockShort), transaction.atomic():
                strategy.take({rows[0]: 1, strange: 1})
        assert strategy.left(rows)[rows[0]] == 10

    def test_takes_the_last_piece_but_not_one_more(self, strategy: Stock, rows: list[str]) -> None:
        with transaction.atomic():
            strategy.take({rows[0]: 10})
        with pytest.raises(StockShort), transaction.atomic():
            strategy.take({rows[0]: 1})
        assert strategy.left(rows)[rows[0]] == 0

    def test_names_the_lines_that_cannot_be_had_and_what_is_left(self, strategy: Stock, rows: list[str]) -> None:
        one, two = rows
        short = strategy.shortages({one: 10, two: 12, "nothing": 1})
        assert [(each.sku_id, each.wanted, each.left) for each in short] == [(two, 12, 10), ("nothing", 1, 0)]

    def test_uses_as_many_statements_for_two_lines_as_for_one(self, strategy: Stock, rows: list[str]) -> None:
        counts = []
        for quantities in ({rows[0]: 1}, {rows[0]: 1, rows[1]: 2}):
            with transaction.atomic(), CaptureQueriesContext(connection) as queries:
                strategy.take(quantities)
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 2

    def test_passes_over_rows_that_are_gone_when_giving_back(self, strategy: Stock, rows: list[str]) -> None:
        strategy.give_back({"9" * 18: 1, rows[0]: 1})
        assert strategy.left(rows)[rows[0]] == 11
