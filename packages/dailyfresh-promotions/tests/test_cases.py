"""The worked cases of the calculation, by their number: what is taken off, what each line and the whole comes to, in fen."""

import pytest
from baskets import Shop, off, only, percent, pieces, special, weighed
from dailyfresh_promotions.engine import Bundle, Cheapest, Each, FreeFreight

M = off((10000, 1000))
BUY_TWO_GET_ONE = Cheapest(3, 1, 0)
ONE = [pieces("A", 3990, 2), pieces("B", 2590, 1)]
FRUIT = [pieces("A", 3000, 1, "fruit"), pieces("B", 9000, 1)]
TWELVE = [pieces("A", 12000, 1)]
HUNDRED = [pieces("A", 10000, 1)]
FIFTY = [pieces("A", 5000, 1)]


def case(number, lines, made, said, *, total, lines_are=None, freight=None, fees=0, **asked):
    return pytest.param(lines, made, said, total, lines_are, freight, fees, asked, id=f"C{number}")


def rules(*given):
    """(name, benefit, {…}) each; a name with "c" or "k" is a coupon, four things are a flash price."""

    def make(shop):
        for name, what, *more in given:
            if name == "flash":
                shop.flash(name, what, *more[:2], **(more[2] if more[2:] else {}))
            elif name[0] in "ck":
                shop.coupon(name, what, **(more[0] if more else {}))
            else:
                shop.rule(name, what, **(more[0] if more else {}))

    return make


FIRST = {"priority": 1}
STACKED = {"priority": 1, "stackable": True}
CASES = [
    case(9, ONE, rules(), "none", lines_are=[7980, 2590], freight=1000, total=11570, costs=1000),
    case(10, ONE, rules(("m", M)), "m 755/245", lines_are=[7225, 2345], freight=1000, total=10570, costs=1000),
    case(11, [pieces("A", 5000, 2)], rules(("m", M)), "m 1000", total=9000),
    case(12, [pieces("A", 9999, 1)], rules(("m", M)), "none", total=9999),
    case(13, [pieces("A", 3990, 6)], rules(("m", off((10000, 1000), (20000, 2500)))), "m 2500", total=21440),
    case(14, [pieces("A", 3990, 6)], rules(("e", Each(5000, 800, cap=3000))), "e 3000", total=20940),
    case(15, [pieces("A", 333, 3)], rules(("p", percent(0, 9500))), "p 50", total=949),
    case(16, [pieces("A", 1234, 9), pieces("B", 5, 1)], rules(("p", percent(0, 8800, cap=500))), "p 500/0",
         lines_are=[10606, 5], total=10611),
    case(17, [pieces("A", 1000, 2), pieces("B", 600, 1)], rules(("p", percent(3, 8000, counts_pieces=True))), "p 400/120",
         lines_are=[1600, 480], total=2080),
    case(18, FRUIT, rules(("f", off((2000, 500)), {"on": only("fruit")})), "f 500/0", lines_are=[2500, 9000], total=11500),
    case(19, FRUIT, rules(("f", off((2000, 500)), {"on": only("fruit", but="A")})), "none", lines_are=[3000, 9000], total=12000),
    case(20, TWELVE, rules(("m1", M), ("m2", off((10000, 1500)))), "m2 1500", total=10500),
    case(21, TWELVE, rules(("m1", M, FIRST), ("m2", off((10000, 1500)))), "m1 1000", total=11000),
    case(22, TWELVE, rules(("m1", M, STACKED), ("m2", off((10000, 1500)))), "m1 1000; m2 1500", total=9500),
    case(23, [pieces("A", 10500, 1)], rules(("m1", M, STACKED), ("m2", off((10000, 1500)))), "m1 1000", total=9500),
    case(24, [pieces("A", 6000, 1, "fruit"), pieces("B", 6000, 1)],
         rules(("f", off((5000, 800)), {"on": only("fruit"), **FIRST}), ("m", M)), "f 800/0", lines_are=[5200, 6000], total=11200),
    case(25, [pieces("A", 1000, 3)], rules(("member", special(A=880), {"on": only("A")})), "member 360", total=2640),
    case(26, [pieces("A", 1000, 3)],
         rules(("member", special(A=880), {"on": only("A")}), ("flash", "A", 500, 2, {"alone": False})),
         "flash 1000; member 120", total=1880),
    case(27, [pieces("A", 1000, 3), pieces("B", 9000, 1)], rules(("flash", "A", 500, 2), ("m", M)), "flash 1000/0",
         lines_are=[2000, 9000], total=11000),
    case(28, [pieces("A", 1000, 3)], rules(("special", special(A=1200), {"on": only("A")})), "none", total=3000),
    case(29, [weighed("W", 1280, 750)], rules(("m", special(W=1180), {"on": only("W")})), "m 150", total=1770),
    case(30, [pieces("A", 1000, 3)], rules(("b", BUY_TWO_GET_ONE)), "b 1000", total=2000),
    case(31, [pieces("A", 1000, 2), pieces("B", 500, 1)], rules(("b", BUY_TWO_GET_ONE)), "b 400/100",
         lines_are=[1600, 400], total=2000),
    case(32, [pieces("A", 1000, 4), pieces("B", 700, 3)], rules(("b", BUY_TWO_GET_ONE)), "b 918/482",
         lines_are=[3082, 1618], total=4700),
    case(33, [pieces("A", 999, 2)], rules(("h", Cheapest(2, 1, 5000))), "h 499", total=1499),
    case(34, [pieces("A", 600, 2), pieces("B", 500, 2)], rules(("t", Bundle(3, 1290))), "t 224/186",
         lines_are=[976, 814], total=1790),
    case(35, [pieces("A", 400, 3)], rules(("t", Bundle(3, 1290))), "none", total=1200),
    case(36, [pieces("A", 1000, 3), weighed("W", 1280, 500)], rules(("b", BUY_TWO_GET_ONE)), "b 1000/0",
         lines_are=[2000, 1280], total=3280),
    case(37, [pieces("A", 4000, 3)], rules(("b", BUY_TWO_GET_ONE), ("m", off((8000, 800)))), "b 4000; m 800", total=7200),
    case(38, [pieces("A", 4000, 3)], rules(("b", BUY_TWO_GET_ONE), ("m", off((9000, 900)))), "b 4000", total=8000),
    case(39, HUNDRED, rules(("m", M), ("c", off((9000, 2000)))), "m 1000; c 2000", total=7000),
    case(40, HUNDRED, rules(("m", M), ("c", off((9500, 2000)))), "m 1000", total=9000),
    case(41, [pieces("A", 10000, 1), pieces("B", 5000, 1)],
         rules(("m", M, {"on": only("A")}), ("c", off((5000, 600)), {"with_activity": False})), "m 1000/0; c 0/600",
         lines_are=[9000, 4400], total=13400),
    case(42, HUNDRED, rules(("c1", off((0, 1000))), ("c2", percent(0, 9000)), ("c3", off((20000, 5000)))), "c1 1000", total=9000),
    case(43, HUNDRED, rules(("c1", off((0, 1000)), {"days": 9}), ("c2", off((0, 1000)), {"days": 3})), "c2 1000", total=9000),
    case(44, [pieces("A", 500, 1)], rules(("c", off((0, 1000)))), "c 500", lines_are=[0], total=0),
    case(45, TWELVE, rules(("c", percent(0, 9000, cap=800))), "c 800", total=11200),
    case(46, HUNDRED, rules(("c", off((0, 800)))), "none", freight=0, total=10000, costs=1000, free_from=9900),
    case(47, HUNDRED, rules(("c", off((0, 1500)))), "c 1500", freight=1000, total=9500, costs=1000, free_from=9900),
    case(48, HUNDRED, rules(("c", off((0, 800)))), "c 800", freight=1000, total=10200, costs=1000, free_from=9900, choice="c"),
    case(49, FIFTY, rules(("f1", FreeFreight()), ("f2", FreeFreight())), "f1 freight 1000", freight=0, total=5000, costs=1000),
    case(50, FIFTY, rules(("f1", FreeFreight(cap=600)), ("k", FreeFreight(cap=800))), "k freight 800", freight=200, total=5200,
         costs=1000),
    case(51, FIFTY, rules(("f1", FreeFreight(cap=800)), ("k", FreeFreight(cap=800))), "f1 freight 800", freight=200, total=5200,
         costs=1000),
    case(52, FIFTY, rules(("c", off((0, 6000)))), "c 5000", lines_are=[0], freight=600, fees=100, total=700, costs=600),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "made", "said", "total", "lines_are", "freight", "fees", "asked"), CASES)
def test_the_worked_cases_come_to_what_they_say(lines, made, said, total, lines_are, freight, fees, asked):
    shop = Shop()
    made(shop)
    priced = shop.price(lines, freight=asked.pop("costs", 0), **asked)
    assert shop.said(priced, lines) == said
    assert priced.total + fees == total
    assert freight is None or priced.freight == freight
    assert lines_are is None or list(priced.amounts) == lines_are


@pytest.mark.parametrize(
    ("number", "base", "missing", "gives"), [("C79", 8800, 1200, 1000), ("C80", 15000, 5000, 2500)]
)
def test_a_hint_names_the_nearest_tier_that_brings_more(number, base, missing, gives):
    shop = Shop()
    shop.rule("m", off((10000, 1000), (20000, 2500)))
    ((rule, step),) = shop.price([pieces("A", base, 1)]).steps
    assert (step.missing, step.off) == (missing, gives)
