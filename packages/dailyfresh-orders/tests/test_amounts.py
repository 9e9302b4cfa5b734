"""What lines come to, what of them is kept and what goes back, to the fen."""

import random
from dataclasses import dataclass
from decimal import Decimal

import pytest
from dailyfresh_orders.amounts import allocate, gross, kept, returned
from hypothesis import given, settings
from hypothesis import strategies as st


def yuan(fen):
    return Decimal(fen).scaleb(-2)


def fen(amount):
    assert amount == amount.quantize(Decimal("0.01"))
    return int(amount.scaleb(2))


@dataclass(frozen=True)
class Line:
    """A line in fen."""

    quantity: int
    gross: int
    off: int = 0
    fee: int = 0
    given: int | None = None
    settled_fen: int | None = None

    amount = property(lambda self: yuan(self.gross))
    discount = property(lambda self: yuan(-self.off))
    fees = property(lambda self: yuan(self.fee))
    settled = property(lambda self: None if self.settled_fen is None else yuan(self.settled_fen))

    @property
    def paid(self):
        return self.gross - self.off + self.fee

    @property
    def whole(self):
        return self.quantity if self.given is None else self.given


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
    assert fen(gross(yuan(price), quantity, per=per)) == amount


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
    assert [fen(share) for share in allocate(yuan(amount), [yuan(weight) for weight in weights])] == shares


@pytest.mark.parametrize("amount", [-1, 8])
def test_no_more_is_parted_than_there_is(amount):
    with pytest.raises(ValueError, match="cannot be parted"):
        allocate(yuan(amount), [yuan(3), yuan(4)])


def test_parts_of_a_fen_are_no_amount():
    with pytest.raises(ValueError, match="parts of a fen"):
        gross(Decimal("0.001"), 1)


@pytest.mark.parametrize(
    ("case", "line", "returns", "back"),
    [
        ("C53", Line(3, 3000, 1000), [1, 1, 1], [667, 667, 666]),
        ("C54", Line(3, 999, 100), [2, 1], [600, 299]),
        ("C55: a gift", Line(3, 3000, 3000), [1, 2], [0, 0]),
        ("C60", Line(3, 1727, given=3, settled_fen=1637), [1, 2], [546, 1091]),
        ("C67", Line(1000, 2990, 299, fee=200, given=940, settled_fen=2811), [940], [2729]),
        ("nothing but a fee", Line(2, 0, fee=100), [1, 1], [0, 100]),
    ],
)
def test_what_is_returned_piece_by_piece_sums_to_what_was_kept(case, line, returns, back):
    left, given_back = line.whole, []
    for quantity in returns:
        given_back.append(fen(returned(line, left, quantity)))
        left -= quantity
    assert given_back == back
    assert sum(back) == fen(kept(line, line.whole))


@pytest.mark.parametrize(
    ("case", "line", "paid", "stays"),
    [
        ("C56: one of two given", Line(2, 7980, 755, given=1, settled_fen=3990), 7225, 3612),
        ("C57: lighter", Line(750, 1920, given=702, settled_fen=1797), 1920, 1797),
        ("C58: heavier costs no more", Line(750, 1920, given=790, settled_fen=1920), 1920, 1920),
        ("C59: lighter, with a discount", Line(750, 1920, 200, given=702, settled_fen=1797), 1720, 1609),
        ("C61: short and lighter", Line(3, 1727, given=2, settled_fen=1151), 1727, 1151),
        ("C62: light", Line(500, 1000, given=450, settled_fen=900), 1000, 900),
        ("C62: heavy", Line(500, 1000, given=550, settled_fen=1000), 1000, 1000),
        ("C63: none given", Line(2, 2000, given=0, settled_fen=0), 2000, 0),
        ("C64: the other line", Line(1, 500), 500, 500),
    ],
)
def test_a_buyer_keeps_paying_for_what_was_given_alone(case, line, paid, stays):
    assert line.paid == paid
    assert fen(kept(line, line.whole)) == stays


lines = st.integers(1, 2000).flatmap(
    lambda quantity: st.integers(0, 200_000).flatmap(
        lambda amount: st.builds(
            Line,
            quantity=st.just(quantity),
            gross=st.just(amount),
            off=st.integers(0, amount),
            fee=st.integers(0, 500),
            given=st.none() | st.integers(1, quantity),
            settled_fen=st.none() | st.integers(0, amount),
        )
    )
)


@settings(max_examples=500, deadline=None)
@given(lines, st.data())
def test_refunds_in_any_order_sum_to_what_was_kept_and_more_goods_never_cost_less(line, data):
    left, back = line.whole, 0
    while left:
        quantity = data.draw(st.integers(max(1, left // 6), left))
        share = fen(returned(line, left, quantity))
        assert share >= 0
        back += share
        left -= quantity
    assert back == fen(kept(line, line.whole)) <= line.paid


@settings(max_examples=500, deadline=None)
@given(st.lists(st.integers(0, 100_000), max_size=50), st.data())
def test_parts_sum_and_none_exceeds_its_line(weights, data):
    amount = data.draw(st.integers(0, sum(weights)))
    shares = [fen(share) for share in allocate(yuan(amount), [yuan(weight) for weight in weights])]
    assert sum(shares) == amount
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@pytest.mark.prove
def test_the_sums_of_a_hundred_thousand_orders_are_exact():
    """Orders of up to 12 lines: a discount is parted among them, some is not given, the rest is returned in any order."""
    chance = random.Random(20261129)
    for _ in range(100_000):
        weights = [chance.choice([0, 1, 333, chance.randint(1, 200_000)]) for _line in range(chance.randint(1, 12))]
        off = chance.randint(0, sum(weights))
        shares = [fen(share) for share in allocate(yuan(off), [yuan(weight) for weight in weights])]
        assert sum(shares) == off
        for weight, share in zip(weights, shares, strict=True):
            quantity = chance.randint(1, 9)
            some = chance.randint(0, quantity)
            line = Line(
                quantity, weight, share, fee=chance.choice([0, 100]), given=some, settled_fen=weight * some // quantity
            )
            left, back = some, 0
            while left:
                pieces = chance.randint(1, left)
                part = fen(returned(line, left, pieces))
                assert part >= 0
                back, left = back + part, left - pieces
            assert back == fen(kept(line, some)) <= line.paid
