from decimal import Decimal

from ..protocols import Address
from .base import Freight, money


class FlatFreight(Freight):
    """The same for everybody."""

    def __init__(self, *, amount: str = "0.00") -> None:
        self.amount: Decimal = money(amount, option="amount")

    def cost(self, goods_total: Decimal, address: Address | None) -> Decimal:
        return self.amount


class FreeFromFreight(FlatFreight):
    """The same for everybody, and nothing from a goods total on."""

    def __init__(self, *, amount: str, free_from: str) -> None:
        super().__init__(amount=amount)
        self.threshold: Decimal = money(free_from, option="free_from")

    @property
    def free_from(self) -> Decimal | None:
        return self.threshold

    def cost(self, goods_total: Decimal, address: Address | None) -> Decimal:
        return Decimal("0.00") if goods_total >= self.threshold else super().cost(goods_total, address)
