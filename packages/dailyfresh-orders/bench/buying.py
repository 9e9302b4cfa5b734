"""One measurement in a process of its own: `python -m buying <contender> <processes> <skus> <seconds> <lines>` prints orders/s, and the ms of CPU an
order takes of the buyer's process and of the server, in what serves its connection."""

import os
import random
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

STRATEGY = os.environ["BENCH_STRATEGY"]
STOCK = 10**8


def prepare(skus: int, buyers: int) -> list[Any]:
    from django.contrib.auth import get_user_model
    from django.core.management.color import no_style
    from django.db import connection
    from minisite.shop.models import Place, Product

    tables = [
        "dailyfresh_orders_adjustment",
        "dailyfresh_orders_orderline",
        "dailyfresh_orders_order",
        "shop_product",
    ]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables, allow_cascade=True))
    Product.objects.bulk_create(
        [Product(pk=n + 1, title=f"p{n}", yuan=Decimal("2.50"), pieces=STOCK) for n in range(skus)]
    )
    user_model = get_user_model()
    missing = range(user_model.objects.count(), buyers)
    for n in missing:
        user = user_model.objects.create(username=f"bench{n}", password="!")
        Place.objects.create(user=user, receiver=user.username)
    return list(user_model.objects.order_by("pk")[:buyers])


Contender = tuple[Callable[[list[int]], Any], Callable[[Any], object], Any]
"""What is done before the clock runs, what is measured, and the connection that it uses."""


def place_order(user: Any) -> Contender:
    """Ours: the service behind the confirm page, from the signed quote on. What it leaves to a worker is left: the mini-site has none, and would
    address and send the messages of an order within it, which takes longer than the order."""
    from dailyfresh_core.background.waking import asleep
    from dailyfresh_orders.checkout.quotes import quote
    from dailyfresh_orders.checkout.signed_quotes import signed
    from dailyfresh_orders.services import place_order
    from django.db import connection
    from minisite.shop.joins import AddressBook

    address = AddressBook().choices(user)[0]
    quotes: dict[tuple[int, ...], Any] = {}

    def confirm(skus: list[int]) -> str:
        """The confirm page came before: only its token's key is new."""
        key = tuple(skus)
        if key not in quotes:
            quotes[key] = quote({str(sku): 1 for sku in skus}, source="buy", address=address)
        return signed(replace(quotes[key], key=secrets.token_hex(16)), user=user)

    def buy(token: str) -> object:
        with asleep():
            return place_order(user=user, token=token, address_id=address.id, payment_method="cod", note="")

    return confirm, buy, connection


def hand_written(user: Any) -> Contender:
    """What somebody would write for one shop, with the very statements of ours and nothing configurable."""
    from dailyfresh_orders.models import Adjustment, Order, OrderLine
    from django.db import connection, transaction
    from django.db.models import Case, F, IntegerField, Value, When
    from django.utils import timezone
    from minisite.shop.models import Place, Product

    def buy(skus: list[int]) -> object:
        place = Place.objects.filter(user=user).order_by("pk")[0]
        products = {p.pk: p for p in Product.objects.filter(pk__in=skus)}
        total = sum((p.yuan for p in products.values()), Decimal("0.00"))
        now = timezone.now()
        with transaction.atomic():
            order = Order.objects.create(
                number=f"{now:%y%m%d}{secrets.randbelow(10**14):014d}", token=secrets.token_hex(16), user=user,
                state="to_ship", payment_method="cod", goods_total=total, freight=Decimal("10.00"),
                total=total + 10, receiver=place.receiver, phone="13800006021", province_code=place.province_code,
                province="北京市", city="北京市", district="海淀区", street="科育南路 2 号", postcode="100190",
                placed_at=now, expires_at=now + timedelta(minutes=30), sold_at=now,
            )  # fmt: skip
            OrderLine.objects.bulk_create(
                [
                    OrderLine(
                        order=order, sku_id=str(p.pk), name=p.title, unit="500g", image_name="apple.png",
                        unit_price=p.yuan, quantity=1, amount=p.yuan,
                    )
                    for p in products.values()
                ]
            )  # fmt: skip
            Adjustment.objects.create(
                order=order, kind="freight", source="orders:freight", label="Freight", amount=Decimal("10.00")
            )
            rows = Product.objects.filter(pk__in=skus, for_sale=True)
            change = {"pieces": F("pieces") - 1, "sold": F("sold") + 1}
            if STRATEGY == "pessimistic":
                left = dict(rows.select_for_update().order_by("pk").values_list("pk", "pieces"))
                assert all(left[sku] >= 1 for sku in skus)
                Product.objects.filter(pk__in=skus).update(**change)
            elif STRATEGY == "conditional":
                assert rows.filter(pieces__gte=1).update(**change) == len(skus)
            else:
                for _ in range(100):
                    seen = dict(rows.values_list("pk", "pieces"))
                    if len(skus) == 1:
                        if rows.filter(pieces=seen[skus[0]]).update(**change):
                            break
                    else:
                        same = Case(*[When(pk=k, then=Value(v)) for k, v in seen.items()], output_field=IntegerField())
                        assert rows.filter(pieces=same).update(**change) == len(skus)
                        break
        return order

    return list, buy, connection


def driver() -> Any:
    """A connection of the driver itself, at READ COMMITTED."""
    from django.db import connection

    given = connection.settings_dict
    place = {"host": given["HOST"], "port": int(given["PORT"]), "user": given["USER"], "password": given["PASSWORD"]}
    if connection.vendor == "postgresql":
        import psycopg

        return psycopg.connect(**place, dbname=given["NAME"])
    import MySQLdb

    made = MySQLdb.connect(**place, database=given["NAME"])
    made.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    return made


def bare_sql(user: Any) -> Contender:
    """The floor: no ORM, no reading before, one connection, the narrowest rows that make an order."""
    connection = driver()
    cursor = connection.cursor()
    insert = (
        "INSERT INTO dailyfresh_orders_order (number, token, user_id, state, payment_method, goods_total, discount, fees, freight, total,"
        " currency, requires_shipping, receiver, phone, province_code, province, city, district, street, postcode, note, carrier, tracking_number, placed_at)"
        " VALUES (%s, %s, %s, 'to_ship', 'cod', 2.5, 0, 0, 10, 12.5, 'CNY', TRUE, 'x', 'x', '', '', '', '', 'x', '', '', '', '', CURRENT_TIMESTAMP(6)) RETURNING id"
    )
    line = (
        "INSERT INTO dailyfresh_orders_orderline (order_id, sku_id, name, unit, image_name, unit_price, quantity, amount, discount, fees,"
        " refunded, counted, restocked) VALUES "
    )

    def buy(skus: list[int]) -> object:
        key = secrets.token_hex(16)
        ids = ", ".join(map(str, sorted(skus)))
        cursor.execute(insert, (key[:20], key, user.pk))
        (order,) = cursor.fetchone()
        values = ", ".join(f"({order}, '{sku}', 'x', '', '', 2.5, 1, 2.5, 0, 0, 0, TRUE, 0)" for sku in skus)
        cursor.execute(line + values)
        if STRATEGY == "pessimistic":
            cursor.execute(f"SELECT id, pieces FROM shop_product WHERE id IN ({ids}) ORDER BY id FOR UPDATE")
            assert all(pieces >= 1 for _id, pieces in cursor.fetchall())
        cursor.execute(
            f"UPDATE shop_product SET pieces = pieces - 1, sold = sold + 1 WHERE id IN ({ids}) AND pieces >= 1 AND for_sale"
        )
        assert cursor.rowcount == len(skus)
        connection.commit()
        return key

    return list, buy, connection


CONTENDERS = {"place_order": place_order, "hand-written ORM": hand_written, "bare SQL": bare_sql}


def clock_of(connection: Any) -> Callable[[], float]:
    """Seconds of CPU that the server on this machine has spent for the connection: a process of PostgreSQL, a thread of MariaDB."""
    with closing(connection.cursor()) as cursor:
        try:
            cursor.execute("SELECT TID FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()")
        except Exception:
            getattr(connection, "rollback", lambda: None)()
            cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    (place,) = Path("/proc").glob(f"[0-9]*/task/{number}/schedstat")
    return lambda: int(place.read_text().split()[0]) / 1e9


def work(contender: str, user: Any, skus: int, seconds: float, lines: int, report: int) -> None:
    dice = random.Random(user.pk)
    prepare_one, buy, connection = CONTENDERS[contender](user)
    choices = range(1, skus + 1)
    for _ in range(5):
        buy(prepare_one(dice.sample(choices, lines)))
    served = clock_of(connection)
    done, spent, own, before = 0, 0.0, 0.0, served()
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        ready = prepare_one(dice.sample(choices, lines))
        started, cpu = time.perf_counter(), time.process_time()
        buy(ready)
        spent += time.perf_counter() - started
        own += time.process_time() - cpu
        done += 1
    os.write(report, f"{done / spent} {own / done * 1000} {(served() - before) / done * 1000}\n".encode())
    os._exit(0)


def main() -> None:
    contender, processes, skus, seconds, lines = sys.argv[1:]
    django.setup()
    from django.db import connection

    users = prepare(int(skus), int(processes))
    connection.close()
    reader, report = os.pipe()
    for user in users:
        if os.fork() == 0:
            work(contender, user, int(skus), float(seconds), int(lines), report)
    os.close(report)
    with os.fdopen(reader) as lines_read:
        said = [tuple(map(float, line.split())) for line in lines_read]
    assert len(said) == int(processes), "a buyer died"
    rates, own, served = zip(*said, strict=True)
    print(sum(rates), min(own), min(served))


if __name__ == "__main__":
    main()
