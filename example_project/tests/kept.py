"""Databases of the versions that were released, each with a week of trade: `python tests/kept.py` keeps what the present code makes, and
`python tests/kept.py 0.1.0` takes that version's into an empty database, brings it up to date, and looks whether everything in it still holds.

DATABASE_URL says on which server a database is made for it, and dropped afterwards; without it it is a file.
"""

import gzip
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

RELEASED = Path(__file__).parent / "released"
DAYS = 12


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """Makes one for Django to find; gives the kind of its server."""
    url = urlsplit(os.environ.get("DATABASE_URL") or "sqlite://")
    name = f"kept_{os.getpid()}"
    if url.scheme == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{folder / name}"
        yield "sqlite"
        return
    where = {"host": url.hostname, "port": url.port, "user": url.username, "password": url.password}
    if url.scheme == "mysql":
        from MySQLdb import connect

        server = connect(**where)
    else:
        from psycopg import connect

        server = connect(**where, dbname=url.path[1:], autocommit=True)
    os.environ["DATABASE_URL"] = url._replace(path=f"/{name}").geturl()
    try:
        with server.cursor() as statements:
            statements.execute(f"CREATE DATABASE {name}" + " CHARACTER SET utf8mb4" * (url.scheme == "mysql"))
        yield url.scheme
    finally:
        from django.db import connection

        connection.close()
        with server.cursor() as statements:
            statements.execute(f"DROP DATABASE {name}")


def keep(kind: str) -> None:
    """What the present code makes in an empty database, as the version that it says it is."""
    import dailyfresh_core
    from demo.load import load_accounts, load_catalogue, load_delivery, load_offers
    from deploy.backup import Backup
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    load_accounts()
    load_catalogue(lambda line: None)
    load_offers()
    load_delivery()
    call_command("load_life", days=DAYS)
    folder = RELEASED / dailyfresh_core.__version__ / kind
    folder.mkdir(parents=True, exist_ok=True)
    if kind != "sqlite":
        print(Backup(folder).save_database())
        return
    connection.close()
    with sqlite3.connect(connection.settings_dict["NAME"]) as file:
        dump = "\n".join(file.iterdump())
    (folder / "database.gz").write_bytes(gzip.compress(dump.encode(), mtime=0))


def upgrade(version: str, kind: str) -> None:
    """As `restore` and `migrate` do it; then every row is read, the books are audited, and the shop trades on."""
    from deploy.backup import Backup
    from django.core.management import call_command
    from django.db import connection

    folder = RELEASED / version / kind
    if kind == "sqlite":
        with sqlite3.connect(connection.settings_dict["NAME"]) as file:
            file.executescript(gzip.decompress((folder / "database.gz").read_bytes()).decode())
    else:
        Backup(folder).restore_database()
    before = rows()
    call_command("migrate", verbosity=0)
    call_command("migrate", check_unapplied=True, verbosity=0)
    after = rows()
    lost = {table: number for table, number in before.items() if after.get(table, number) < number}
    assert not lost, f"tables have fewer rows than before: {lost}"
    print(f"{version} on {kind}: {sum(before.values())} rows of {len(before)} tables")
    read_everything()
    audit_books()
    trade_on()
    audit_books()


def rows() -> dict[str, int]:
    """Table -> rows, of the shop's own tables."""
    from django.db import connection

    names = [name for name in connection.introspection.table_names() if name.startswith("dailyfresh_")]
    with connection.cursor() as cursor:
        counts = {}
        for name in names:
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(name)}")
            counts[name] = cursor.fetchone()[0]
    return counts


def read_everything() -> None:
    """A column, an index or a constraint that a migration forgot is missed here."""
    from django.apps import apps
    from django.db import connection

    for model in apps.get_models():
        for row in model._default_manager.all().iterator(chunk_size=500):
            str(row)
        with connection.cursor() as cursor:
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
        lacking = {each.name for each in (*model._meta.indexes, *model._meta.constraints)} - set(there)
        assert not lacking, f"{model._meta.db_table} lacks {lacking}"


def audit_books() -> None:
    """Orders add up, payments are booked to the fen, and counters of offers and windows say what is in them."""
    from dailyfresh_delivery import services as delivery
    from dailyfresh_orders.models import Booking, Order, Payment
    from dailyfresh_orders.services import disagreements
    from dailyfresh_promotions.services import audit as audit_offers
    from django.db.models import Sum

    orders = Order.objects.prefetch_related("lines", "adjustments")
    assert len(orders) > 20
    wrong = {order.number: found for order in orders if (found := disagreements(order))}
    assert not wrong, wrong
    assert audit_offers() == delivery.audit() == 0
    paid, booked = Payment.objects.filter(paid_slot=1), Booking.objects.exclude(payment=None)
    for kind, column, sign in (("sale", "received", 1), ("refund", "refunded", -1)):
        there = booked.filter(kind=kind).aggregate(sum=Sum("amount"))["sum"]
        assert there, f"no {kind} is booked"
        assert there == sign * paid.aggregate(sum=Sum(column))["sum"], kind


def trade_on() -> None:
    """A buyer of then signs in, reads the old orders, and places one; the merchant looks."""
    from dailyfresh_delivery.services import make_windows
    from dailyfresh_goods.models import SKU
    from dailyfresh_orders.models import Order
    from demo.accounts import MERCHANT, PASSWORD
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    make_windows()
    buyer, merchant = Client(), Client()
    name = Order.objects.filter(state=Order.State.DONE).latest("placed_at").user.username
    buyer.post("/user/login/", {"username": name, "password": PASSWORD})
    merchant.force_login(get_user_model().objects.get(username=MERCHANT))
    for order in Order.objects.filter(user__username=name):
        assert order.number in buyer.get(order.get_absolute_url()).content.decode()
    sku, number = (
        SKU.objects.filter(on_sale=True, stock__gt=1, sold_by=SKU.By.PIECE).latest("stock"),
        Order.objects.count(),
    )
    page = buyer.get("/orders/confirm/", {"buy": f"{sku.pk}:1"})
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
    answer = buyer.post("/orders/place/", form)
    assert Order.objects.count() == number + 1, answer.content.decode()
    for path in ("order/", "order/dashboard/", "booking/days/", "refund/"):
        assert merchant.get(f"/admin/dailyfresh_orders/{path}").status_code == 200, path


def main(version: str = "") -> None:
    with TemporaryDirectory() as given, empty_database(Path(given)) as kind:
        folder = Path(given)
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.tests"
        os.environ["VAR_DIR"] = given
        from alipay_simulator.keys import ALIPAY_PUBLIC, APP_ID, APP_PRIVATE, SELLER_ID, ensure_keys

        ensure_keys(folder / "alipay")
        os.environ |= {
            "ALIPAY_APP_ID": APP_ID,
            "ALIPAY_SELLER_ID": SELLER_ID,
            "ALIPAY_APP_PRIVATE_KEY_FILE": str(folder / "alipay" / APP_PRIVATE),
            "ALIPAY_PUBLIC_KEY_FILE": str(folder / "alipay" / ALIPAY_PUBLIC),
        }
        sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
        import django

        django.setup()
        if version:
            upgrade(version, kind)
        else:
            keep(kind)


if __name__ == "__main__":
    main(*sys.argv[1:])
