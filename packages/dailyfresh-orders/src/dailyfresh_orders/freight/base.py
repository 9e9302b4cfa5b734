"""The shape of a freight rule."""

from abc import ABC, abstractmethod
from decimal import Decimal, InvalidOperation

from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from ..protocols import Address


class Freight(ABC):
    """Says what sending an order costs, from its goods total and its address alone: the same question, the same answer."""

    @abstractmethod
    def cost(self, goods_total: Decimal, address: Address | None) -> Decimal:
        """Yuan with two places; `address` is None while the buyer has none."""

    @property
    def free_from(self) -> Decimal | None:
        """The goods total from which sending is free everywhere; None when there is none."""
        return None

    def check(self) -> list[checks.CheckMessage]:
        """System-check messages about the options."""
        return []


def money(amount: object, *, option: str) -> Decimal:
    """An amount of the settings as yuan; strings and whole numbers only, because a float is not what was written."""
    try:
        value = (
            Decimal(str(amount)) if isinstance(amount, str | int | Decimal) and not isinstance(amount, bool) else None
        )
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or value < 0 or value != value.quantize(Decimal("0.01")):
        raise ImproperlyConfigured(f'FREIGHT option {option}: {amount!r} is no amount such as "10.00".')
    return value.quantize(Decimal("0.01"))
