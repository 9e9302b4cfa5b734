"""What holds of every basket, and how the engine says why."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from baskets import NOW, Shop, off, only, percent, pieces, special, weighed
from chance import a_basket, a_shop
from dailyfresh_promotions.engine import Book, Bundle, Cheapest, FreeFreight, Rule, Schedule


def judge(shop, lines, cost, free_from, choice):
    """Every sum of one basket is right, and no choice of a coupon is better than the one made by itself."""
    asked = {"freight": cost, "free_from": free_from}
    priced = shop.price(lines, choice=choice, **asked)
    amounts = [line.amount for line in lines]
    touched, closed, coupons = set(), set(), [0, 0]
    for cut in priced.cuts:
        is_coupon = not isinstance(cut.by, Rule)
        coupons[cut.stage == 5] += is_coupon
        if cut.stage == 5:
            assert 0 < cut.off == cost - priced.freight
            continue
        assert cut.off == sum(cut.parts.values()) > 0
        for n, part in cut.parts.items():
            assert 0 < part <= amounts[n]
            assert cut.by.scope.holds(lines[n])
            assert n not in closed or cut.stage == 1
            assert not (getattr(cut.by.benefit, "counts_pieces", False) and lines[n].measured)
            assert not (is_coupon and not cut.by.with_activity and n in touched)
            amounts[n] -= part
        if cut.stage == 1 and cut.by.alone:
            closed |= set(cut.parts)
        if cut.stage in (2, 3):
            touched |= set(cut.parts)
        for item, count in cut.pieces.items():
            assert 0 < count <= shop.left[item]
    assert amounts == list(priced.amounts)
    assert max(coupons) <= 1
    if choice == "auto":
        for other in ("none", *(coupon.number for coupon in shop.coupons)):
            assert priced.total <= shop.price(lines, choice=other, **asked).total


def judge_some(seed, number):
    chance = random.Random(seed)
    for _ in range(number):
        shop, lines = a_shop(chance), a_basket(chance)
        choice = chance.choice(["auto", "auto", "none", *(coupon.number for coupon in shop.coupons)])
        judge(shop, lines, chance.choice([0, 1000]), chance.choice([None, 9900]), choice)


def test_the_sums_of_any_basket_are_exact():
    judge_some(20261201, 2000)


@pytest.mark.prove
def test_the_sums_of_a_hundred_thousand_baskets_are_exact():
    judge_some(20261202, 100_000)


def why(priced):
    return {(reason.of.label, reason.code, reason.other and reason.other.label) for reason in priced.reasons}


def test_each_rule_that_takes_nothing_off_says_why():
    shop = Shop()
    shop.flash("flash", "A", 500, 1)
    shop.rule("dearer", special(A=1200), on=only("A"))
    shop.rule("closed", off((0, 100)), on=only("A"))
    shop.rule("first", off((1000, 500)), on=only("B"), priority=1)
    shop.rule("second", off((1000, 300)))
    shop.rule("far", off((99_000, 300)))
    shop.rule("gone", off((0, 300)))
    shop.rule("elsewhere", off((0, 300)), on=only("Z"))
    shop.rule("counting", Cheapest(2, 1, 5000), on=only("W"))
    shop.coupon("less", off((0, 200)))
    shop.coupon("more", off((0, 300)))
    priced = shop.price([pieces("A", 1000, 1), pieces("B", 1000, 1), weighed("W", 1000, 1)], blocked={7: "used_up"})
    assert why(priced) == {
        ("dearer", "dearer", None),
        ("closed", "closed", None),
        ("second", "taken_by", "first"),
        ("far", "taken_by", "first"),
        ("gone", "used_up", None),
        ("counting", "weighed", None),
        ("less", "worse_than", "more"),
    }


def test_a_coupon_beside_the_basket_says_what_it_would_save_or_why_not():
    shop = Shop()
    shop.rule("m", off((1000, 100)), on=only("A"))
    shop.coupon("good", off((0, 300)))
    shop.coupon("small", off((0, 100)))
    shop.coupon("far", off((99_000, 300)))
    shop.coupon("other", off((0, 300)), on=only("Z"))
    shop.coupon("plain", off((0, 300)), on=only("A"), with_activity=False)
    shop.coupon("sent", FreeFreight())
    shop.coupon("sent elsewhere", FreeFreight(), on=only("Z"))
    shop.coupon("sent plain", FreeFreight(), on=only("A"), with_activity=False)
    priced = shop.price([pieces("A", 1000, 1), pieces("B", 1000, 1)], freight=600)
    assert {(one.coupon.number, one.saves, one.used, one.why) for one in priced.coupons} == {
        ("good", 300, True, ""),
        ("small", 100, False, ""),
        ("far", 0, False, "below"),
        ("other", 0, False, "scope"),
        ("plain", 0, False, "activity"),
        ("sent", 600, True, ""),
        ("sent elsewhere", 0, False, "scope"),
        ("sent plain", 0, False, "activity"),
    }
    assert why(priced) == {("small", "worse_than", "good")}


def test_a_coupon_for_sending_where_that_costs_nothing_says_so():
    shop = Shop()
    shop.coupon("k", FreeFreight())
    assert [one.why for one in shop.price([pieces("A", 1000, 1)], freight=0).coupons] == ["free"]


def test_a_coupon_that_cannot_be_used_or_is_unknown_counts_as_chosen_by_itself():
    shop = Shop()
    shop.coupon("good", off((0, 300)))
    shop.coupon("far", off((99_000, 3000)))
    for choice in ("far", "somebody else's"):
        assert shop.price([pieces("A", 1000, 1)], choice=choice).total == 700
    assert shop.price([pieces("A", 1000, 1)], choice="none").total == 1000


def test_a_freight_coupon_picked_by_hand_is_used_though_a_rule_gives_as_much():
    shop = Shop()
    shop.rule("f", FreeFreight(cap=800))
    shop.coupon("k", FreeFreight(cap=800))
    priced = shop.price([pieces("A", 5000, 1)], freight=1000, choice="k")
    assert shop.said(priced, []) == "k freight 800"


def test_of_what_takes_as_much_off_sending_a_coupon_is_spared_and_all_others_are_named():
    shop = Shop()
    shop.rule("less", FreeFreight(cap=300))
    shop.coupon("1", FreeFreight(cap=800))
    shop.rule("best", FreeFreight(cap=800), priority=-1)
    priced = shop.price([pieces("A", 5000, 1)], freight=1000)
    assert shop.said(priced, []) == "best freight 800"
    assert why(priced) == {("1", "worse_than", "best"), ("less", "worse_than", "best")}


def test_a_flash_price_that_is_no_lower_serves_nobody():
    shop = Shop()
    shop.flash("flash", "A", 1000, 5)
    priced = shop.price([pieces("A", 1000, 1)])
    assert priced.cuts == []
    assert why(priced) == {("flash", "dearer", None)}


def test_a_price_lower_by_a_fen_counts():
    shop = Shop()
    shop.rule("m", special(A=999))
    assert shop.price([pieces("A", 1000, 1)]).total == 999


def test_a_lower_price_that_comes_to_the_same_for_so_few_grams_says_that_it_is_none():
    shop = Shop()
    shop.rule("m", special(W=1279))
    priced = shop.price([weighed("W", 1280, 50)])
    assert priced.cuts == []
    assert why(priced) == {("m", "dearer", None)}


def test_a_flash_price_of_which_nothing_is_known_to_be_left_serves_nobody():
    shop = Shop()
    shop.flash("flash", "A", 500, 5)
    shop.left.clear()
    assert shop.price([pieces("A", 1000, 1)]).total == 1000


def test_a_price_for_members_serves_what_a_flash_price_leaves_and_the_catalogue_the_rest():
    shop = Shop()
    shop.flash("a", "A", 500, 2, alone=False)
    shop.flash("b", "A", 600, 2, alone=False)
    lines = [pieces("A", 1000, 5)]
    priced = shop.price(lines)
    assert shop.said(priced, lines) == "a 1000; b 800"
    assert [dict(cut.pieces) for cut in priced.cuts] == [{100: 2}, {101: 2}]


def test_a_flash_price_serves_no_line_that_is_weighed():
    shop = Shop()
    shop.flash("flash", "W", 500, 9)
    assert shop.price([weighed("W", 1280, 500)]).total == 1280


def test_a_bundle_fills_its_sets_with_the_dearest_pieces_as_long_as_that_is_worth_it():
    shop = Shop()
    shop.rule("t", Bundle(2, 1000))
    lines = [pieces("A", 900, 2), pieces("B", 600, 2), pieces("C", 300, 2)]
    priced = shop.price(lines)
    assert shop.said(priced, lines) == "t 600/400/0"


def test_many_pieces_of_one_line_fill_many_sets():
    shop = Shop()
    shop.rule("t", Bundle(3, 1290))
    lines = [pieces("A", 500, 9999), pieces("B", 499, 1)]
    assert sum(shop.price(lines).amounts) == 3333 * 1290 + 499


@pytest.mark.parametrize(
    ("benefit", "lines", "missing", "by_pieces", "gives"),
    [
        (off((2, 100), (4, 500), counts_pieces=True), [pieces("A", 1000, 3)], 1, True, 500),
        (Cheapest(3, 1, 0), [pieces("A", 1000, 4)], 2, True, None),
        (Bundle(3, 100), [pieces("A", 1000, 2)], 1, True, None),
        (percent(5000, 9000), [pieces("A", 1000, 3)], 2000, False, None),
    ],
)
def test_what_a_little_more_would_bring(benefit, lines, missing, by_pieces, gives):
    shop = Shop()
    shop.rule("r", benefit)
    ((_rule, step),) = shop.price(lines).steps
    assert (step.missing, step.pieces, step.off) == (missing, by_pieces, gives)


def test_a_rule_whose_lines_are_taken_hints_at_nothing():
    shop = Shop()
    shop.rule("first", off((0, 100)), priority=1)
    shop.rule("second", off((9900, 500)))
    assert shop.price([pieces("A", 1000, 1)]).steps == []


def test_a_rule_that_would_come_first_hints_though_another_takes_the_lines_meanwhile():
    shop = Shop()
    shop.rule("first", off((2000, 300)), priority=1)
    shop.rule("second", off((1000, 100)))
    priced = shop.price([pieces("A", 1500, 1)])
    assert [(rule.label, step.missing, step.off) for rule, step in priced.steps] == [("first", 500, 300)]
    assert priced.total == 1400


@pytest.mark.parametrize(
    ("schedule", "good"),
    [
        (Schedule(), True),
        (Schedule(starts=NOW), True),
        (Schedule(ends=NOW), False),
        (Schedule(starts=NOW + timedelta(seconds=1)), False),
        (Schedule(weekdays=0b0000010), True),  # the first of December 2026 is a Tuesday
        (Schedule(weekdays=0b1111101), False),
        (Schedule(minutes=(12 * 60, 14 * 60)), True),
        (Schedule(minutes=(10 * 60, 12 * 60)), False),
        (Schedule(minutes=(22 * 60, 2 * 60)), False),
        (Schedule(minutes=(22 * 60, 13 * 60)), True),
    ],
)
def test_a_rule_is_good_from_its_start_until_just_before_its_end_on_its_days_and_hours(schedule, good):
    assert schedule.holds(NOW, NOW) is good
    assert (
        bool(Book([Rule(1, off((0, 100)), schedule=schedule)]).meant([pieces("A", 1000, 1)], at=NOW, local=NOW)) is good
    )


def test_the_hours_are_those_of_the_shop():
    schedule = Schedule(minutes=(20 * 60, 21 * 60), weekdays=0b0000010)
    evening = datetime(2026, 12, 1, 20, 30)
    assert schedule.holds(datetime(2026, 12, 1, 12, 30, tzinfo=UTC), evening)
