"""How a buyer does the same in both shops."""

from collections.abc import Callable
from itertools import count

from .goods import GOODS
from .sites import Cost, Request, Site, fields

CARTS = {"cart1": 1, "cart10": 10, "cart50": 50, "add": 9, "confirm1": 1, "confirm10": 10}
"""Buyer -> lines in the cart before anything is measured."""
Before = Callable[[], object]


def nothing() -> None:
    """What is done before most requests."""


class Shop:
    """What both have in common: each method gives what one request of its kind costs."""

    home: str
    goods_list: str
    detail: str
    orders: str
    times = 12
    """Requests in one round."""

    def __init__(self, site: Site, goods: int = GOODS) -> None:
        self.site, self.goods = site, goods
        self.numbers = count(100)

    def adding(self, number: int) -> Request:
        raise NotImplementedError

    def chosen(self, numbers: list[int]) -> Request:
        """To the confirm page with these goods of the cart."""
        raise NotImplementedError

    def placing(self, page: str, numbers: list[int]) -> Request:
        raise NotImplementedError

    def open(self) -> None:
        """Fill the carts that are looked at, and place ten orders."""
        for buyer, lines in CARTS.items():
            self.fill(buyer, range(1, lines + 1))
        for _ in range(10):
            self.site.good(self.ready("orders", 2), "orders")
        self.site.watch()

    def fill(self, buyer: str, numbers: range) -> list[int]:
        for number in numbers:
            self.site.good(self.adding(number), buyer)
        return list(numbers)

    def ready(self, buyer: str, lines: int) -> Request:
        """Everything up to the last press: goods that nobody ordered yet in the cart, and the page that asks for the order."""
        first = next(self.numbers) * 50 % max(1, self.goods - 100) + 1
        numbers = self.fill(buyer, range(first, first + lines))
        return self.placing(self.site.good(self.chosen(numbers), buyer), numbers)

    def look(self, path: str, buyer: str = "", *, before: Before = nothing, more: int = 1, json: bool = False) -> Cost:
        """`more`: so many times as many requests, for those that cost little."""
        return self.site.cost([Request(path, json=json)] * self.times * more, buyer, before)

    def add(self) -> Cost:
        return self.site.cost([self.adding(60)] * self.times, "add", nothing)

    def cart(self, lines: int) -> Cost:
        return self.look("/cart/", f"cart{lines}")

    def confirm(self, lines: int) -> Cost:
        return self.site.cost([self.chosen(list(range(1, lines + 1)))] * self.times, f"confirm{lines}", nothing)

    def place(self, lines: int) -> Cost:
        buyer, costs = f"place{lines}", []
        for _ in range(self.times):
            costs.append(self.site.cost([self.ready(buyer, lines)], buyer, nothing))
        return Cost(
            *(sum(getattr(each, part) for each in costs) / self.times for part in ("python", "database", "redis"))
        )

    def cold(self, path: str) -> Cost:
        return self.look(path, before=self.forget)

    def warm(self, path: str) -> Cost:
        """Of a page that is kept already."""
        self.site.good(Request(path))
        return self.look(path, more=3)

    def forget(self) -> None:
        raise NotImplementedError


class Ours(Shop):
    home, goods_list, detail, orders = "/", "/list/type-0/", "/goods/1/", "/orders/"

    def adding(self, number: int) -> Request:
        return Request("/cart/add/", {"sku_id": number, "quantity": 1}, json=True)

    def chosen(self, numbers: list[int]) -> Request:
        return Request("/orders/confirm/?" + "&".join(f"sku_id={number}" for number in numbers))

    def placing(self, page: str, numbers: list[int]) -> Request:
        return Request("/orders/place/", fields(page, "df-place") | {"payment_method": "cod"})

    def forget(self) -> None:
        self.site.redis("-n", "1", "flushdb")


class Original(Shop):
    home, goods_list, detail, orders = "/", "/list/1/1", "/goods/1", "/user/order/1"

    def adding(self, number: int) -> Request:
        return Request("/cart/add", {"sku_id": number, "count": 1})

    def chosen(self, numbers: list[int]) -> Request:
        return Request("/order/place", {"sku_ids": numbers})

    def placing(self, page: str, numbers: list[int]) -> Request:
        address = page.split('name="addr_id" value="')[1].partition('"')[0]
        return Request("/order/commit", {"addr_id": address, "pay_method": 1, "sku_ids": ",".join(map(str, numbers))})

    def forget(self) -> None:
        """The home page is all that it keeps."""
        self.site.redis("del", ":1:index_page_data")
