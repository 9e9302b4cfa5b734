"""Amounts, times and accounts as Alipay writes them."""

import re
import time

from .trades import Refusal


def money(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def fen(text: object) -> int:
    """Fen of "88.80"; refuses what Alipay refuses."""
    if not isinstance(text, (str, int)) or not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", str(text)):
        raise Refusal("ACQ.INVALID_PARAMETER", "金额格式错误")
    whole, _, part = str(text).partition(".")
    amount = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    if not 1 <= amount <= 10_000_000_000:
        raise Refusal("ACQ.INVALID_PARAMETER", "金额超出范围")
    return amount


def china(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment + 8 * 3600))


def masked(buyer: str) -> str:
    return f"{buyer[:3]}***{buyer[-2:]}"


def buyer_number(buyer: str) -> str:
    return f"2088{sum(ord(c) * 131**i for i, c in enumerate(buyer)) % 10**12:012}"
