"""The rest of the shop's range: 256 goods beside those of `load`, with the pictures and words of the one that each is like."""

import random
from decimal import Decimal

from dailyfresh_core.pricing.measures import Measured
from dailyfresh_goods.models import SKU, SPU, Band, SKUImage
from django.db import transaction

from ..english import detail, english, table, told
from ..load import translate


@transaction.atomic
def load_range() -> int:
    """Gives how many goods are new; each step is one statement, for they are many."""
    rows, words = table("more"), {kind["slug"]: kind for kind in table("types")}
    known = {sku.slug: sku for sku in SKU.objects.select_related("type", "spu").prefetch_related("images")}
    rows = [row for row in rows if row["slug"] not in known]
    draw = random.Random(2026)  # noqa: S311 - the same numbers at every start
    draw.shuffle(rows)  # pictures that are alike do not stand side by side
    spus, skus, pictures = [], [], []
    for row in rows:
        one = known[row["like"]]
        promise = words[one.type.slug]["promise"]
        text = f"{row['origin']}，{promise}"
        spu = SPU(name=row["name"], detail=detail({"description": f"{text}。"}, words[one.type.slug]))
        spu.specs = f"产地：{row['origin']}\n规格：{row['unit']}"
        in_english = f"{english(row['origin'])}. {english(promise)}"
        spu.translations = told(name=spu.name)
        spu.translations["en"] |= {
            "detail": detail({"description": f"{in_english}."}, words[one.type.slug], english),
            "specs": f"Origin: {english(row['origin'])}\nPack: {english(row['unit'])}",
        }
        sku = SKU(type=one.type, name=row["name"], slug=row["slug"], unit=row["unit"], origin=row["origin"])
        sku.storage = one.storage
        for name in Measured.__slots__:
            setattr(sku, name, getattr(one, name))
        sku.price, sku.description, sku.image = Decimal(row["price"]), text, one.image.name
        sku.market_price = (sku.price * Decimal("1.25")).quantize(Decimal("0.1")) if draw.random() < 0.2 else None
        if draw.random() < 0.06:
            sku.label = draw.choice(("新品", "热卖", "产地直采"))
        translate(sku)
        sku.translations["en"]["description"] = in_english
        portion = sku.price_grams if sku.sold_by == SKU.By.WEIGHT else 1
        sku.sales = sku.sales_rank = draw.randrange(20, 900) * portion
        sku.stock = draw.randrange(80, 500) * portion
        sku.band, sku.sort_order = Band.of(sku.stock, sku.minimum), 150
        spus.append(spu)
        skus.append(sku)
        pictures += [SKUImage(sku=sku, image=each.image.name, sort_order=n) for n, each in enumerate(one.images.all())]
    for spu, sku in zip(SPU.objects.bulk_create(spus), skus, strict=True):
        sku.spu = spu
    made = SKU.objects.bulk_create(skus)
    for picture in pictures:
        picture.sku = picture.sku  # takes the key that it has by now
    SKUImage.objects.bulk_create(pictures)
    return len(made)
