"""What of lines is kept and what goes back, to the fen."""

import random
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

import pytest
from dailyfresh_core.pricing.amounts import allocate, in_fen, in_yuan
from dailyfresh_orders.line_amounts import FREIGHT, kept, of_freight, returned, taken_off
from hypothesis import given, settings
from hypothesis import strategies as st


def test_what_offers_take_off_the_freight_is_told_apart_from_what_sending_costs_and_from_other_things():
    rows = [
        SimpleNamespace(kind=kind, source=source, label=label, amount=Decimal(amount))
        for kind, source, label, amount in (
            ("freight", FREIGHT, "Delivery", "10.00"),
            ("freight", "site:offer", "Free from ¥50", "-6.00"),
            ("freight", "site:offer", "Free from ¥50", "-1.00"),
            ("discount", "site:rule", "¥5 off", "-5.00"),
        )
    ]
    assert of_freight(rows) == [("Free from ¥50", Decimal("-7.00"))]
    assert taken_off(rows) == [("¥5 off", Decimal("-5.00"))]


@dataclass(frozen=True)
class Line:
    """A line in fen."""

    quantity: int
    gross: int
    off: int = 0
    fee: int = 0
    given: int | None = None
    settled_fen: int | None = None

    amount = property(lambda self: in_yuan(self.gross))
    discount = property(lambda self: in_yuan(-self.off))
    fees = property(lambda self: in_yuan(self.fee))
    settled = property(lambda self: None if self.settled_fen is None else in_yuan(self.settled_fen))

    @property
    def paid(self):
        return self.gross - self.off + self.fee

    @property
    def whole(self):
        return self.quantity if self.given is None else self.given


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
        given_back.append(in_fen(returned(line, left, quantity)))
        left -= quantity
    assert given_back == back
    assert sum(back) == in_fen(kept(line, line.whole))


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
    assert in_fen(kept(line, line.whole)) == stays


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
        share = in_fen(returned(line, left, quantity))
        assert share >= 0
        back += share
        left -= quantity
    assert back == in_fen(kept(line, line.whole)) <= line.paid


@pytest.mark.prove
def test_the_sums_of_a_hundred_thousand_orders_are_exact():
    """Orders of up to 12 lines: a discount is parted among them, some is not given, the rest is returned in any order."""
    chance = random.Random(20261129)
    for _ in range(100_000):
        weights = [chance.choice([0, 1, 333, chance.randint(1, 200_000)]) for _line in range(chance.randint(1, 12))]
        off = chance.randint(0, sum(weights))
        shares = [in_fen(share) for share in allocate(in_yuan(off), [in_yuan(weight) for weight in weights])]
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
                part = in_fen(returned(line, left, pieces))
                assert part >= 0
                back, left = back + part, left - pieces
            assert back == in_fen(kept(line, some)) <= line.paid
