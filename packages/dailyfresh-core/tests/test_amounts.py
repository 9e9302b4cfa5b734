"""What lines come to and how an amount is parted among them, to the fen."""

from decimal import Decimal

import pytest
from dailyfresh_core.pricing.amounts import allocate, gross, in_fen, in_yuan
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("case", "price", "per", "quantity", "amount"),
    [
        ("C1", 1280, 500, 750, 1920),
        ("C1", 999, 500, 350, 699),
        ("C1", 3333, 1000, 15, 50),
        ("C1", 1599, 500, 3 * 180, 1727),
        ("C2", 1, 500, 249, 0),
        ("C2", 1, 500, 250, 1),
        ("C2", 1, 500, 251, 1),
        ("C9", 3990, 1, 2, 7980),
    ],
)
def test_a_line_is_rounded_once_and_half_a_fen_up(case, price, per, quantity, amount):
    assert in_fen(gross(in_yuan(price), quantity, per=per)) == amount


@pytest.mark.parametrize(
    ("case", "amount", "weights", "shares"),
    [
        ("C3", 1000, [1000, 1000, 1000], [334, 333, 333]),
        ("C4", 1, [1, 1, 1], [1, 0, 0]),
        ("C5", 100, [1, 1, 9998], [0, 0, 100]),
        ("C6", 5, [3, 0, 4], [2, 0, 3]),
        ("C7", 10, [3, 3, 4], [3, 3, 4]),
        ("C8", 999, [3990, 2590, 3420], [398, 259, 342]),
        ("nothing to part", 0, [0, 0], [0, 0]),
        ("no line", 0, [], []),
    ],
)
def test_an_amount_is_parted_by_the_largest_remainder(case, amount, weights, shares):
    assert [in_fen(share) for share in allocate(in_yuan(amount), [in_yuan(weight) for weight in weights])] == shares


@pytest.mark.parametrize("amount", [-1, 8])
def test_no_more_is_parted_than_there_is(amount):
    with pytest.raises(ValueError, match="cannot be parted"):
        allocate(in_yuan(amount), [in_yuan(3), in_yuan(4)])


def test_parts_of_a_fen_are_no_amount():
    with pytest.raises(ValueError, match="parts of a fen"):
        gross(Decimal("0.001"), 1)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.integers(0, 100_000), max_size=50), st.data())
def test_parts_sum_and_none_exceeds_its_line(weights, data):
    amount = data.draw(st.integers(0, sum(weights)))
    shares = [in_fen(share) for share in allocate(in_yuan(amount), [in_yuan(weight) for weight in weights])]
    assert sum(shares) == amount
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))
