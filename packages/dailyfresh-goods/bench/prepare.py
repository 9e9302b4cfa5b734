"""Tables, goods and written pages of one size: `python -m bench.prepare <size>`."""

import sys
import time

import django

django.setup()

from dailyfresh_goods.models import SKU, StalePage  # noqa: E402
from dailyfresh_goods.pages.build import writer  # noqa: E402
from dailyfresh_goods.pages.cache import invalidate  # noqa: E402
from dailyfresh_goods.pages.keys import HOME, SITE, detail_key, list_key  # noqa: E402
from dailyfresh_goods.services import build  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench.fill import fill  # noqa: E402

DETAILS = 50


def main(size: int) -> None:
    began = time.monotonic()
    call_command("migrate", verbosity=0)
    fill(size)
    StalePage.objects.all().delete()
    invalidate([SITE])  # the goods came past all signals, after their types had been shown empty
    with connection.cursor() as cursor:
        for table in ("sku", "spu", "goodstype"):
            cursor.execute(f"ANALYZE TABLE dailyfresh_goods_{table}")
    filled = time.monotonic()
    to = writer()
    assert to is not None
    pks = SKU.objects.order_by("pk").values_list("pk", flat=True)[:DETAILS]
    made = sum(build(to, key) for key in (HOME, *(list_key(f"type-{n}") for n in range(3)), *map(detail_key, pks)))
    took = time.monotonic() - filled
    print(
        f"{size} SKUs in {filled - began:.0f} s; {made} pages written, {made / took:.0f} a second in one process",
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
