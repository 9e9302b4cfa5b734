"""Any basket under any rules, from a source of chance."""

from baskets import Shop, only, pieces, weighed
from dailyfresh_promotions.engine import Bundle, Cheapest, Each, FreeFreight, Off, Percent, Prices

NAMES = "ABCDEFGHIJKL"
GROUPS = ("fruit", "meat", "dairy")


def a_basket(chance, most=12):
    lines = []
    for name in chance.sample(NAMES, chance.randint(1, most)):
        groups = chance.sample(GROUPS, chance.randint(0, 2))
        price = chance.choice([0, 1, 333, 1000, chance.randint(1, 20_000)])
        if chance.random() < 0.2:
            lines.append(weighed(name, price, chance.randint(1, 3000), chance.choice([100, 500, 1000])))
        else:
            lines.append(pieces(name, price, chance.choice([1, 2, 3, chance.randint(1, 60)]), *groups))
    return lines


def a_scope(chance):
    if chance.random() < 0.5:
        return only(but=chance.sample(NAMES, chance.randint(0, 2)))
    some = [*chance.sample(NAMES, chance.randint(0, 4)), *chance.sample(GROUPS, chance.randint(0, 2))]
    return only(*some or ["A"], but=chance.sample(NAMES, chance.randint(0, 1)))


def a_threshold(chance):
    by_pieces = chance.random() < 0.3
    reaches = sorted(chance.sample(range(1, 20), 3)) if by_pieces else sorted(chance.sample(range(0, 50_000), 3))
    cap = chance.choice([None, chance.randint(1, 3000)])
    kind = chance.randrange(3)
    if kind == 0:
        offs = sorted(chance.sample(range(1, 8000), 3))
        return Off(tuple(zip(reaches, offs, strict=True)), counts_pieces=by_pieces)
    if kind == 1:
        return Each(max(reaches[0], 1), chance.randint(1, 1500), cap=cap, counts_pieces=by_pieces)
    rates = sorted(chance.sample(range(0, 10_000), 3), reverse=True)
    return Percent(tuple(zip(reaches, rates, strict=True)), cap=cap, counts_pieces=by_pieces)


def a_bundle(chance):
    every = chance.randint(2, 5)
    if chance.random() < 0.5:
        return Bundle(every, chance.randint(0, 20_000))
    return Cheapest(every, chance.randint(1, every), chance.choice([0, 5000, chance.randint(0, 9999)]))


def a_shop(chance, most=8, coupons=5):
    shop = Shop()
    for n in range(chance.randint(0, most)):
        kind, name = chance.randrange(5), f"r{n}"
        terms = {"priority": chance.randint(0, 2), "stackable": chance.random() < 0.4}
        if kind == 0 and chance.random() < 0.5:
            shop.flash(
                name, chance.choice(NAMES), chance.randint(0, 5000), chance.randint(0, 5), alone=chance.random() < 0.7
            )
        elif kind == 0:
            prices = {sku_id: chance.randint(0, 5000) for sku_id in chance.sample(NAMES, 3)}
            shop.rule(name, Prices(prices), on=only(*prices), alone=chance.random() < 0.2)
        elif kind == 1:
            shop.rule(name, a_bundle(chance), on=a_scope(chance), **terms)
        elif kind == 2:
            freight = FreeFreight(chance.randint(0, 20_000), chance.choice([None, chance.randint(1, 900)]))
            shop.rule(name, freight, on=a_scope(chance), priority=terms["priority"])
        else:
            shop.rule(name, a_threshold(chance), on=a_scope(chance), **terms)
    for n in range(chance.randint(0, coupons)):
        benefit = FreeFreight(chance.randint(0, 9000), 800) if chance.random() < 0.2 else a_threshold(chance)
        shop.coupon(
            f"c{n}", benefit, on=a_scope(chance), days=chance.randint(1, 9), with_activity=chance.random() < 0.5
        )
    return shop
