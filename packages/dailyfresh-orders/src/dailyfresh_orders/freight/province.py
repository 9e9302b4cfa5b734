from collections.abc import Mapping
from decimal import Decimal

from ..protocols import Address
from .base import Freight, money


class ProvinceFreight(Freight):
    """By province code of the address (`{"54": "30.00"}`), a default elsewhere, and nothing from a goods total on."""

    def __init__(self, *, amount: str, provinces: Mapping[str, str], free_from: str | None = None) -> None:
        self.amount: Decimal = money(amount, option="amount")
        self.provinces: dict[str, Decimal] = {
            str(code): money(value, option=f"provinces[{code}]") for code, value in provinces.items()
        }
        self.threshold: Decimal | None = None if free_from is None else money(free_from, option="free_from")

    @property
    def free_from(self) -> Decimal | None:
        return self.threshold

    def cost(self, goods_total: Decimal, address: Address | None) -> Decimal:
        if self.threshold is not None and goods_total >= self.threshold:
            return Decimal("0.00")
        return self.provinces.get(address.province_code, self.amount) if address else self.amount
