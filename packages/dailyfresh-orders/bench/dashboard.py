"""How long staff's pages take at a million orders: `python bench/dashboard.py [orders]`.

Needs DATABASE_URL to point at a MariaDB; makes a database of its own there and drops it. The orders are spread over the last 365 days, with
two lines each out of 500 SKUs; prints the median of five requests through the admin, before and after the days are closed.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from dailyfresh_core.testing import own_database

TESTS = Path(__file__).resolve().parent.parent / "tests"
ORDERS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000

FILL = [
    """INSERT INTO dailyfresh_orders_order (number, token, user_id, state, payment_method, goods_total, discount, fees, freight, total, currency,
       requires_shipping, receiver, phone, province_code, province, city, district, street, postcode, note, carrier, tracking_number,
       placed_at, sold_at, due_at)
       SELECT CONCAT('26', LPAD(seq, 18, '0')), MD5(seq), NULL,
              ELT(1 + (seq * 7919) MOD 20, 'cancelled', 'cancelled', 'to_ship', 'shipped', 'received', 'done', 'done', 'done', 'done',
                  'done', 'done', 'done', 'done', 'done', 'done', 'done', 'done', 'done', 'done', 'closed'),
              'alipay', 50 + seq MOD 97, 0, 0, 0, 50 + seq MOD 97, 'CNY', TRUE, 'Lin', '13800000000', '11', 'Beijing', 'Beijing', 'Haidian',
              'Street 1', '', '', '', '',
              NOW(6) - INTERVAL (seq * 31536000 DIV {orders}) SECOND,
              IF((seq * 7919) MOD 20 < 2, NULL, NOW(6) - INTERVAL (seq * 31536000 DIV {orders}) SECOND), NULL
       FROM seq_1_to_{orders}""",
    """INSERT INTO dailyfresh_orders_orderline (order_id, sku_id, name, unit, image_name, unit_price, quantity, amount, discount, fees,
       refunded, counted, restocked)
       SELECT o.id, (o.id * 31 + s.seq * 7) MOD 500, CONCAT('Goods ', (o.id * 31 + s.seq * 7) MOD 500), '500g', '', 9.90,
              1 + o.id MOD 3, 9.90 * (1 + o.id MOD 3), 0, 0, 0, TRUE, 0
       FROM dailyfresh_orders_order o CROSS JOIN seq_1_to_2 s""",
    "ANALYZE TABLE dailyfresh_orders_order, dailyfresh_orders_orderline",
]


def main() -> None:
    sys.path.insert(0, str(TESTS))
    with own_database(os.environ["DATABASE_URL"], f"orders_scale_{os.getpid()}") as address:
        os.environ |= {
            "MINISITE_DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "minisite.settings",
            "PYTHONPATH": str(TESTS),
        }
        migrate = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--skip-checks"]
        subprocess.run(migrate, cwd=TESTS, check=True)
        measure()


def measure() -> None:
    import django

    django.setup()
    from dailyfresh_orders.days import today
    from dailyfresh_orders.services import close_days
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from minisite.shop.models import Product

    Product.objects.bulk_create([Product(pk=n, title=f"Goods {n}", yuan="9.90", pieces=n) for n in range(1, 500)])
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement.format(orders=ORDERS))
            cursor.fetchall()
    print(f"{ORDERS:,} orders filled in {time.perf_counter() - started:.0f} s")
    browser = Client()
    browser.force_login(get_user_model().objects.create_superuser("boss", "b@example.com", "x"))
    from datetime import timedelta

    ranges = {n: (today() - timedelta(days=n - 1), today()) for n in (14, 90, 365)}
    for closed in (False, True):
        if closed:
            started, days = time.perf_counter(), 0
            while done := close_days():
                days += done
            print(f"{days} days closed in {time.perf_counter() - started:.1f} s")
        for n, (since, until) in ranges.items():
            if n > 14 and not closed:
                continue  # the drain closes days long before
            query = f"?since={since}&until={until}"
            show(
                browser,
                f"dashboard, {n} days, {'closed' if closed else 'open'}",
                f"/boss/dailyfresh_orders/order/dashboard/{query}",
            )
    show(browser, "work list", "/boss/dailyfresh_orders/order/")
    show(browser, "all orders", "/boss/dailyfresh_orders/order/?state=all")
    page = ORDERS // 500  # of fifty orders each
    show(browser, f"page {page:,} of them", f"/boss/dailyfresh_orders/order/?state=all&p={page}")
    show(browser, "order by number", "/boss/dailyfresh_orders/order/?state=all&q=26000000000000500000")
    show(browser, "orders by name", "/boss/dailyfresh_orders/order/?state=all&q=Lin")
    show(browser, "no order by name", "/boss/dailyfresh_orders/order/?state=all&q=Zhou")
    export(min(ORDERS, 100_000))


def show(browser: object, what: str, url: str) -> None:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        answer = browser.get(url)  # type: ignore[attr-defined]
        times.append(time.perf_counter() - started)
        assert answer.status_code == 200, answer.status_code
    print(f"{what}: {statistics.median(times) * 1000:,.0f} ms", flush=True)


def export(orders: int) -> None:
    """How soon the CSV of everything begins, and what it does to the memory of the process."""
    from dailyfresh_orders.admin.exports import orders_csv
    from dailyfresh_orders.models import Order

    started, before = time.perf_counter(), resident()
    rows = orders_csv(Order.objects.all())
    next(rows), next(rows)
    begun = time.perf_counter() - started
    most = max(resident() for n, _row in zip(range(orders), rows, strict=False) if n % 5000 == 0)
    print(f"CSV: begins after {begun:.1f} s, grows by {most - before} MiB over {orders:,} orders", flush=True)


def resident() -> int:
    """MiB of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


if __name__ == "__main__":
    main()
