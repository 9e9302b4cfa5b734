"""What pricing a basket costs, in processor time: `make bench-promotions`. No database: the rules are read already.

Fifty lines of fifty SKUs in ten groups under 200 active rules (a tenth prices, a tenth bundles, a twentieth on freight, the others
thresholds; half of them mean all goods, half of them a group or some SKUs), with no coupon and with twenty. Medians of a hundred calls.
"""

import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from dailyfresh_promotions.engine import (
    Book,
    Cheapest,
    Coupon,
    Each,
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
CALLS = 100


def a_rule(number: int, chance: random.Random) -> Rule:
    kind = number % 20
    group = frozenset({f"type:{chance.randrange(10)}"})
    skus = frozenset(str(chance.randrange(50)) for _n in range(5))
    scope = Scope() if number % 2 else chance.choice([Scope(False, groups=group), Scope(False, skus)])
    terms = {"scope": scope, "priority": chance.randrange(3), "stackable": chance.random() < 0.5}
    if kind < 2:
        prices = dict.fromkeys(skus, 900)
        return Rule(number, Prices(prices), scope=Scope(False, skus))
    if kind < 4:
        return Rule(number, Cheapest(3, 1, 5000), **terms)
    if kind == 4:
        return Rule(number, FreeFreight(9900), **terms)
    reach = chance.randrange(1000, 90_000)
    benefit = chance.choice(
        [Off(((reach, 500), (2 * reach, 1500))), Each(reach, 300, cap=900), Percent(((reach, 9500),))]
    )
    return Rule(number, benefit, **terms)


def main() -> None:
    chance = random.Random(1)
    lines = [Line(str(n), 1000 + n, 1 + n % 5, (1000 + n) * (1 + n % 5), (f"type:{n % 10}",)) for n in range(50)]
    rules = [a_rule(n, chance) for n in range(1, 201)]
    began = time.process_time()
    book = Book(rules)
    print(f"index of 200 rules, once a version  {(time.process_time() - began) * 1000:6.2f} ms")
    coupons = [
        Coupon(f"K{n}", Off(((n * 500, 200 + n),)), ends=NOW + timedelta(days=n), with_activity=bool(n % 2))
        for n in range(20)
    ]
    for name, some in (("no coupon", []), ("twenty coupons", coupons)):
        times = []
        for _call in range(CALLS):
            began = time.process_time()
            meant = book.meant(lines, at=NOW, local=NOW)
            price(lines, meant, freight=lambda goods: 0 if goods > 9900 else 1000, coupons=some)
            times.append(time.process_time() - began)
        print(f"50 lines, {len(meant)} rules, {name:15}  {statistics.median(times) * 1000:6.2f} ms")


if __name__ == "__main__":
    main()
