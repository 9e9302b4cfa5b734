"""What is measured, and the aims: how many times as good as the original, and at most how many milliseconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .shops import Ours, Shop
from .sites import Cost


@dataclass(frozen=True)
class Row:
    name: str
    ask: Callable[[Shop], Cost | None]
    ratio: float | None = None
    most: float | None = None
    of_bare: float | None = None
    """At least this part of what a bare view answers in the same time."""

    def verdict(self, ours: float, ratio: float | None, costs: Mapping[str, float]) -> str:
        aims = []
        if self.ratio:
            aims.append((f"≥ {self.ratio:g} x", ratio is not None and ratio >= self.ratio))
        if self.most:
            aims.append((f"≤ {self.most:g} ms", ours <= self.most))
        if self.of_bare and BARE in costs:
            part = costs[BARE] / ours
            aims.append((f"≥ {self.of_bare:g} of a bare view ({part:.2f})", part >= self.of_bare))
        said = ", ".join(aim for aim, _met in aims)
        return said + ("" if all(met for _aim, met in aims) else "  missed")


def ours_only(ask: Callable[[Ours], Cost]) -> Callable[[Shop], Cost | None]:
    return lambda shop: ask(shop) if isinstance(shop, Ours) else None


BARE = "bare view"
ROUNDS, QUICK = 5, 2
"""Rounds, and of who is in a hurry."""
ROWS = [
    Row(BARE, ours_only(lambda shop: shop.look("/bench/bare/", more=3))),
    Row("session and user", ours_only(lambda shop: shop.look("/bench/who/", "visitor", more=3))),
    Row("add, 9 before", lambda shop: shop.add(), ratio=1.2),
    Row("cart of 1", lambda shop: shop.cart(1), ratio=1),
    Row("cart of 10", lambda shop: shop.cart(10), ratio=2, most=4),
    Row("cart of 50", lambda shop: shop.cart(50), ratio=2),
    Row("confirm 1", lambda shop: shop.confirm(1), ratio=1),
    Row("confirm 10", lambda shop: shop.confirm(10), ratio=2),
    Row("place 1", lambda shop: shop.place(1), ratio=1.5, most=3),
    Row("place 10", lambda shop: shop.place(10), ratio=4),
    Row("10 orders", lambda shop: shop.look(shop.orders, "orders"), ratio=2, most=6),
    Row("detail, cold", lambda shop: shop.cold(shop.detail), ratio=1),
    Row("list of 20, cold", lambda shop: shop.cold(shop.goods_list), most=15),
    Row("home, cold", lambda shop: shop.cold(shop.home), most=15),
    Row("visitor request", ours_only(lambda shop: shop.look("/visitor/?found=1", "visitor", json=True)), most=1.8),
    Row("search page", ours_only(lambda shop: shop.look("/search/?q=%E8%8B%B9%E6%9E%9C")), most=10),
    Row("home, warm", lambda shop: shop.warm(shop.home), of_bare=0.6),
    Row("list, warm", lambda shop: shop.warm(shop.goods_list), of_bare=0.6),
    Row("detail, warm", lambda shop: shop.warm(shop.detail), of_bare=0.6),
]


def measured(rows: list[Row], shops: list[Shop], rounds: int) -> dict[tuple[str, str], Cost]:
    """(row, shop) -> the least that a request cost."""
    least: dict[tuple[str, str], Cost] = {}
    for number in range(rounds + 1):
        for row in rows:
            for shop in shops:
                cost = row.ask(shop)
                if cost is None or number == 0:
                    continue  # the first round opens, imports and compiles
                key = (row.name, shop.site.name)
                least[key] = min(least.get(key, cost), cost, key=lambda each: each.whole)
    return least
