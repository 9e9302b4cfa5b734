"""Amounts as the engine has them, whole coins of the site's currency, and as everybody else has them, Decimals of yuan."""

from decimal import Decimal

from dailyfresh_core.pricing.amounts import in_fen, in_yuan
from dailyfresh_core.pricing.money import coin


def in_coins(amount: Decimal) -> int:
    return in_fen(amount) // coin()


def yuan(coins: int) -> Decimal:
    return in_yuan(coins * coin())
