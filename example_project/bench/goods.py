"""The goods that both shops sell: the same names, prices and texts, as they repeat in a shop."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

GOODS, TYPES = int(os.environ.get("BENCH_GOODS", "10000")), int(os.environ.get("BENCH_TYPES", "6"))
DETAIL = "<p>" + "早上采摘，立即预冷，下午送到您手上。" * 40 + "</p>"


@dataclass(frozen=True)
class One:
    number: int
    type: int
    name: str
    price: Decimal
    sales: int
    image: str
    description: str = "脆甜多汁，来自高原果园"
    unit: str = "500g"
    stock: int = 1_000_000
    detail: str = DETAIL


def goods() -> Iterator[One]:
    for n in range(1, GOODS + 1):
        price = Decimal(100 + (n * 7919) % 9900) / 100
        yield One(n, n % TYPES, f"高原苹果 第 {n} 号", price, (n * 31) % 5000, f"skus/{n % 60}.webp")
