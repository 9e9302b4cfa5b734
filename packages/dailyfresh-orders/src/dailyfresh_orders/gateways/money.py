"""Amounts as gateways write them: yuan with two places, no exponent, no separator, no locale."""

import re
from decimal import Decimal

LEAST = Decimal("0.01")
MOST = Decimal("100000000.00")


class BadAmount(ValueError):
    """No amount of money."""


def written(amount: Decimal) -> str:
    """ "88.80" for Decimal("88.8"); BadAmount for more than two places, a float, or what nobody may pay."""
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise BadAmount("Amounts are finite Decimals")
    if amount != amount.quantize(LEAST) or not LEAST <= amount <= MOST:
        raise BadAmount(f"{amount} cannot be paid")
    return f"{amount:.2f}"


def parsed(text: object) -> Decimal:
    """The amount that a gateway wrote; BadAmount for "1e2", "1,00", " 1", "１" or more than two places."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text):
        raise BadAmount("Not an amount")
    return Decimal(text).quantize(LEAST)
