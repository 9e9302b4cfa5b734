"""Baskets and rules in few words, for the tests of the engine: amounts in fen, one letter a product."""

from datetime import UTC, datetime, timedelta

from dailyfresh_core.pricing.amounts import half_up
from dailyfresh_promotions.engine import (
    Book,
    Coupon,
    Each,
    Flash,
    FreeFreight,
    Line,
    Off,
    Percent,
    Prices,
    Rule,
    Scope,
    price,
)

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def pieces(sku_id, price, quantity, *groups):
    return Line(sku_id, price, quantity, price * quantity, groups)


def weighed(sku_id, price, grams, per=500):
    return Line(sku_id, price, grams, half_up(price * grams, per), measured=True, grams=grams, per=per)


def only(*names, but=()):
    """A scope of SKUs (one capital letter) and groups."""
    skus, groups = {n for n in names if n.isupper()}, {n for n in names if n.islower()}
    return Scope(not names, frozenset(skus), frozenset(groups), frozenset(but))


class Shop:
    """Rules under short names, in the order in which they are made, and coupons likewise."""

    def __init__(self):
        self.rules, self.coupons, self.left, self.names = [], [], {}, {}

    def rule(self, name, benefit, *, on=None, **more):
        number = len(self.rules) + 1
        self.names[f"promotions:rule:{number}"] = name
        self.rules.append(Rule(number, benefit, on or Scope(), label=name, **more))

    def flash(self, name, sku_id, price, left, *, alone=True):
        item = len(self.rules) + 100
        self.rule(name, Flash({sku_id: (price, item)}), on=only(sku_id), alone=alone)
        self.left[item] = left

    def coupon(self, name, benefit, *, on=None, days=30, **more):
        number = len(self.coupons) + 1
        self.names[f"promotions:coupon:{number}"] = name
        ends = NOW + timedelta(days=days)
        self.coupons.append(Coupon(name, benefit, on or Scope(), ends=ends, id=number, label=name, **more))

    def price(self, lines, *, freight=0, free_from=None, choice="auto", blocked=None):
        def cost(goods):
            return 0 if free_from is not None and goods >= free_from else freight

        return price(
            lines,
            Book(self.rules).meant(lines, at=NOW, local=NOW),
            freight=cost,
            left=self.left,
            coupons=self.coupons,
            choice=choice,
            blocked=blocked,
        )

    def said(self, priced, lines):
        """What was taken off, as the tables write it: "m 755/245; c 800"."""
        words = []
        for cut in priced.cuts:
            if cut.stage == 5:
                words.append(f"{self.names[cut.by.source]} freight {cut.off}")
                continue
            seen = [n for n, line in enumerate(lines) if cut.by.scope.holds(line) or len(lines) > 1]
            parts = "/".join(str(cut.parts.get(n, 0)) for n in seen)
            words.append(f"{self.names[cut.by.source]} {parts}")
        return "; ".join(words) or "none"


def off(*tiers, **more):
    return Off(tiers, **more)


def percent(reach, rate, **more):
    return Percent(((reach, rate),), **more)


def special(**prices):
    return Prices(prices)


__all__ = ["Each", "FreeFreight", "Shop", "off", "only", "percent", "pieces", "special", "weighed"]
