"""The engine beside an independent model of the same rules: any basket, the same shares to the fen."""

import random

import model
import pytest
from baskets import Each, FreeFreight
from chance import a_basket, a_shop
from dailyfresh_promotions.engine import Bundle, Cheapest, Flash, Off, Percent, Prices


def deal(shop, rule, name):
    """An offer or a coupon in the words of the model."""
    what, numbers = rule.benefit, {}
    match what:
        case Prices():
            kind, numbers = "prices", {"prices": dict(what.prices)}
        case Flash():
            kind, numbers = "flash", {"prices": {sku_id: price for sku_id, (price, _item) in what.items.items()}}
        case Cheapest():
            kind, numbers = "cheapest", {"every": what.every, "cheapest": what.few, "rate": what.rate}
        case Bundle():
            kind, numbers = "bundle", {"every": what.every, "price": what.price}
        case FreeFreight():
            kind, numbers = "free", {"reach": what.reach, "cap": what.cap}
        case Each():
            kind = "each"
            numbers = {"reach": what.reach, "off": what.each, "cap": what.cap, "pieces": what.counts_pieces}
        case Off() | Percent():
            kind = "off" if isinstance(what, Off) else "percent"
            numbers = {"tiers": what.tiers, "cap": getattr(what, "cap", None), "pieces": what.counts_pieces}
    terms = {
        key: getattr(rule, key) for key in ("priority", "stackable", "alone", "with_activity") if hasattr(rule, key)
    }
    on = rule.scope
    but = on.but_skus | on.but_groups
    return model.Deal(
        name, kind, numbers, on.everything, on.skus, on.groups, but, ends=getattr(rule, "ends", 0), **terms
    )


def both(shop, lines, freight, free_from, choice):
    """(total, shares by offer, amounts) by the engine and by the model."""

    def rows():
        return [
            model.Row(line.sku_id, line.groups, line.price, line.quantity, line.per if line.measured else None)
            for line in lines
        ]

    def cost(goods):
        return 0 if free_from is not None and goods >= free_from else freight

    priced = shop.price(lines, freight=freight, free_from=free_from, choice=choice)
    shares = {}
    for cut in priced.cuts:
        parts = {"": cut.off} if cut.stage == 5 else {lines[n].sku_id: part for n, part in cut.parts.items()}
        shares[shop.names[cut.by.source]] = parts
    deals = [deal(shop, rule, rule.label) for rule in shop.rules]
    left = {
        rule.label: shop.left[item]
        for rule in shop.rules
        if isinstance(rule.benefit, Flash)
        for _p, item in rule.benefit.items.values()
    }
    coupons = [deal(shop, coupon, coupon.number) for coupon in shop.coupons] if choice == "auto" else []
    return (priced.total, shares, list(priced.amounts)), model.cheapest(rows, deals, left, coupons, cost)


def compare_some(seed, number):
    chance = random.Random(seed)
    for n in range(number):
        shop, lines = a_shop(chance), a_basket(chance)
        engine, other = both(
            shop, lines, chance.choice([0, 1000]), chance.choice([None, 9900]), chance.choice(["auto", "auto", "none"])
        )
        assert engine == other, f"basket {n} of seed {seed}"


def test_the_engine_and_a_model_of_the_same_rules_agree():
    compare_some(20261203, 500)


@pytest.mark.prove
def test_the_engine_and_a_model_agree_on_ten_thousand_baskets():
    compare_some(20261204, 10_000)
