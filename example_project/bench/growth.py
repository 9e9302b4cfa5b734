"""The same shop small and large: `make bench-store BENCH=--growth`. What a request costs is to grow with neither the goods nor the orders.

The lists of the smallest are full already, so that each page shows as much. The orders are those of a thousand others, two lines each, delivered in
the last year; and the buyer whose orders are looked at has a thousand in place of ten.
"""

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from .rows import BARE, QUICK, Row, measured
from .shops import Ours, Shop
from .sites import Request, running, server

SIZES = ((60, 0), (10_000, 0), (100_000, 0), (10_000, 1_000_000))
"""Goods and orders of each shop."""
SIZES_IN_BRIEF = ((60, 0), (10_000, 0), (10_000, 1_000_000))
"""An index of 100,000 goods takes minutes."""
MOST = 1.3
BUYERS, THEIRS = 1_000, 1_000
"""Those who have ordered, and how many of it all the buyer who looks has."""
PORTION = 100_000
ORDERS, LINES, USERS = "dailyfresh_orders_order", "dailyfresh_orders_orderline", "dailyfresh_users_user"


def grown(stack: ExitStack, place: Path, rows: list[Row], rounds: int) -> int:
    """Print what each row costs in each shop; how many rows cost more than MOST times as much in one as in the smallest."""
    shops: list[Shop] = []
    for goods, orders in SIZES if rounds > QUICK else SIZES_IN_BRIEF:
        name, began = f"{goods:,}" + (f" + {orders:,}" if orders else ""), time.monotonic()
        more = {"BENCH_GOODS": str(goods), "BENCH_TYPES": "3"}
        site = stack.enter_context(running("ours", "config.wsgi:application", place / f"ours_{goods}_{orders}", **more))
        site.name = name
        shops.append(Ours(site, goods))
        shops[-1].open()
        if orders:
            order(site.address, orders)
        print(f"{name} ready in {time.monotonic() - began:.0f} s", flush=True)
    costs = measured(rows, shops, rounds)
    names = [shop.site.name for shop in shops]
    heads = [f"{name:>19}{'rows':>7}" for name in names]
    print("".join([f"{'CPU ms a request':<20}", *heads, f"{'most':>8}{'rows':>7}"]))
    grew = 0
    for row in rows:
        each, read = [costs[row.name, name].whole for name in names], [read_of(row, shop) for shop in shops]
        most, rows_most = max(each) / each[0], max(read) / max(read[0], 1)
        grew += (grows := row.name != BARE and max(most, rows_most) > MOST)
        shown = [f"{cost:>19.2f}{count:>7.0f}" for cost, count in zip(each, read, strict=True)]
        print("".join([f"{row.name:<20}", *shown, f"{most:>8.2f}{rows_most:>7.2f}", "  grows" * grows]), flush=True)
    return grew


def read_of(row: Row, shop: Shop) -> float:
    """Rows that the database reads for a request and for what leads to it: no load of the machine changes it."""
    first, start = (int(shop.site.good(Request("/bench/read/"))) for _ in range(2))
    shop.site.waits.clear()
    row.ask(shop)
    return (int(shop.site.good(Request("/bench/read/"))) - start - (start - first)) / len(shop.site.waits)


def order(address: str, number: int) -> None:
    """So many orders like the first that was placed."""
    with server(address) as cursor:

        def rows_of(table: str, where: str) -> list[dict[str, Any]]:
            cursor.execute(f"SELECT * FROM {table} WHERE {where}")
            names = [name for name, *_ in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        def like(row: dict[str, Any], table: str, source: str, **values: str) -> None:
            """One more row like this one for each of the source, but for these values."""
            names = [name for name in row if name != "id"]
            given, kept = (
                ", ".join(values.get(name, "%s") for name in names),
                [row[n] for n in names if n not in values],
            )
            cursor.execute(f"INSERT INTO {table} (`{'`, `'.join(names)}`) SELECT {given} FROM {source}", kept)

        (first,) = rows_of(ORDERS, f"id = (SELECT MIN(id) FROM {ORDERS})")
        (looker,) = rows_of(USERS, f"id = {first['user_id']}")
        lines = rows_of(LINES, f"order_id = {first['id']}")
        name = "CONCAT('buyer', s.seq)"
        like(looker, USERS, f"seq_1_to_{BUYERS} s", username=name, email=f"CONCAT({name}, '@shop.example')")
        (last,) = rows_of(USERS, f"username = 'buyer{BUYERS}'")
        at = f"NOW(6) - INTERVAL (86400 + s.seq * {365 * 86400 // number}) SECOND"
        done = dict.fromkeys(("placed_at", "paid_at", "sold_at", "shipped_at", "received_at", "ended_at"), at)
        gone = dict.fromkeys(("turn", "due_at", "basket_due", "expires_at"), "NULL")
        whose = f"IF(s.seq <= {THEIRS}, {looker['id']}, {last['id']} - s.seq MOD {BUYERS})"
        for start in range(0, number, PORTION):
            like(
                first, ORDERS, f"seq_{start + 1}_to_{min(start + PORTION, number)} s", number="CONCAT('B', s.seq)",
                token="CONCAT('t', s.seq)", user_id=whose, state="'done'", window="''", **done, **gone,
            )  # fmt: skip
        for line in lines:
            like(
                line,
                LINES,
                f"{ORDERS} o WHERE o.token LIKE 't%%'",
                order_id="o.id",
                sku_id=f"CONCAT({line['sku_id']} + o.id MOD 9000)",
            )
        cursor.execute(f"ANALYZE TABLE {ORDERS}, {LINES}, {USERS}")
        cursor.fetchall()
