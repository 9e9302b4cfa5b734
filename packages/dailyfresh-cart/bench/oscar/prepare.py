"""Tables, products and shoppers, as Oscar keeps them: `python -m bench.oscar.prepare requests.txt`."""

import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import reverse  # noqa: E402
from oscar.apps.partner.strategy import Selector  # noqa: E402
from oscar.core.loading import get_model  # noqa: E402
from PIL import Image  # noqa: E402

from ..shoppers import BEFORE, PRODUCTS, requests  # noqa: E402

Basket, Line = get_model("basket", "Basket"), get_model("basket", "Line")
Product, ProductClass = get_model("catalogue", "Product"), get_model("catalogue", "ProductClass")
Partner, StockRecord = get_model("partner", "Partner"), get_model("partner", "StockRecord")

call_command("migrate", verbosity=0)
# The picture that Oscar shows where a product has none must be there to be scaled.
Image.new("RGB", (100, 100)).save(Path(settings.MEDIA_ROOT, "image_not_found.jpg"))
kind, partner = ProductClass.objects.create(name="Book"), Partner.objects.create(name="Printer")
Product.objects.bulk_create(
    [Product(title=f"Volume {n}", slug=f"volume-{n}", product_class=kind, upc=str(n)) for n in range(PRODUCTS)],
    batch_size=1000,
)
StockRecord.objects.bulk_create(
    [
        StockRecord(product_id=pk, partner=partner, partner_sku=str(pk), price="10.00", num_in_stock=1_000_000_000)
        for pk in Product.objects.values_list("pk", flat=True)
    ],
    batch_size=1000,
)
shelf = list(Product.objects.order_by("pk")[:50])


def fill(user: Any, lines: int) -> None:
    basket = Basket.open.create(owner=user)
    basket.strategy = Selector().strategy(user=user)
    for product in shelf[:lines]:
        basket.add_product(product, 1)


add = reverse("basket:add", kwargs={"pk": shelf[BEFORE].pk})
found = requests(fill, reverse("basket:summary"), add, {"quantity": "1"})
Path(sys.argv[1]).write_text("\n".join(found) + "\n", encoding="utf-8")
