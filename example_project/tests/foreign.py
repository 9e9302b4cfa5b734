"""A stranger's goods beside the demo's own: run in the demo's own settings by `manage.py shell`."""

import io
from decimal import Decimal

from dailyfresh_goods.models import SKU, SPU, GoodsType
from django.core.files.base import ContentFile
from PIL import Image

GOODS = [
    ("foreign-wide", "现包三鲜馄饨配紫菜虾皮汤料包家庭装加量不加价" * 3 + "限时特惠", (900, 600), "99999.99"),
    ("foreign-high", "粽", (450, 800), "0.01"),
    (
        "foreign-bare",
        "UltraPremiumHandmadeXiaolongbaoWithCrabRoeFromYangchengLakeDoubleBoxedGiftEdition",
        None,
        "1234.50",
    ),
]


def load() -> None:
    """Photographs of 3:2 and 9:16 and none at all, names of eighty letters and of one, the dearest price and the smallest."""
    kind = GoodsType.objects.get(slug="frozen")
    for slug, name, size, price in GOODS:
        if SKU.objects.filter(slug=slug).exists():
            continue
        spu = SPU.objects.create(name=name[:80], detail=f"<p>{name}</p>", specs="")
        sku = SKU(type=kind, spu=spu, name=name[:80], slug=slug, unit="1", price=Decimal(price), stock=7, sort_order=1)
        if size:
            picture = io.BytesIO()
            Image.new("RGB", size, "teal").save(picture, "JPEG")
            sku.image.save(f"{slug}.jpg", ContentFile(picture.getvalue()), save=False)
        sku.save()
