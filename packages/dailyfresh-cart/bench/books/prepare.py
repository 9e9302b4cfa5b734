"""Tables, books and shoppers: `python -m bench.books.prepare requests.txt`."""

import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from dailyfresh_cart.basket import Basket  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import reverse  # noqa: E402
from minisite.models import Book  # noqa: E402

from ..shoppers import BEFORE, PRODUCTS, requests  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)
Book.objects.bulk_create(
    [Book(title=f"Volume {n}", price="10.00", copies=1_000_000_000) for n in range(PRODUCTS)], batch_size=1000
)
shelf = [str(pk) for pk in Book.objects.order_by("pk").values_list("pk", flat=True)[:50]]


def fill(user: Any, lines: int) -> None:
    Basket().add(user, dict.fromkeys(shelf[:lines], 1))


add = {"sku_id": shelf[BEFORE], "quantity": "1"}
found = requests(fill, reverse("dailyfresh_cart:cart"), reverse("dailyfresh_cart:add"), add)
Path(sys.argv[1]).write_text("\n".join(found) + "\n", encoding="utf-8")
