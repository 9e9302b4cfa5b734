"""A catalogue of a given size: three types, a home page, prices and sales that repeat as in a shop."""

from decimal import Decimal

from dailyfresh_goods.models import SKU, SPU, Band, GoodsType, HomeBanner, HomeTypeGoods, Promotion, SKUImage

DETAIL = "<p>" + "Picked in the morning, cooled at once, with you in the afternoon. " * 30 + "</p>"


def fill(size: int) -> None:
    types = [
        GoodsType.objects.create(name=f"Type {n}", slug=f"type-{n}", promise="Fresh", sort_order=n) for n in range(3)
    ]
    for start in range(0, size, 2000):
        numbers = range(start, min(start + 2000, size))
        first = (SPU.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        SPU.untracked.bulk_create([SPU(pk=first + n - start, name=f"Goods {n}", detail=DETAIL) for n in numbers])
        SKU.untracked.bulk_create(
            [
                SKU(
                    spu_id=first + n - start,
                    type=types[n % 3],
                    name=f"Goods number {n}",
                    slug=f"goods-{n}",
                    description="Crisp and sweet, from the hills",
                    price=Decimal(100 + (n * 7919) % 9900) / 100,
                    market_price=Decimal(110) if n % 4 == 0 else None,
                    unit="500g",
                    image=f"skus/{n % 60}.webp",
                    stock=50,
                    band=Band.IN_STOCK,
                    sales=(n * 31) % 5000,
                    sales_rank=(n * 31) % 5000,
                )
                for n in numbers
            ]
        )
    for type_ in types:
        skus = list(type_.skus.all()[:7])
        HomeTypeGoods.objects.bulk_create(
            [HomeTypeGoods(type=type_, sku=sku, display=1 if n < 4 else 0, sort_order=n) for n, sku in enumerate(skus)]
        )
    for sku in SKU.objects.all()[:50]:
        SKUImage.untracked.bulk_create([SKUImage(sku=sku, image="skus/x.webp") for _ in range(3)])
    HomeBanner.objects.bulk_create([HomeBanner(title=f"Banner {n}", image="home/b.webp") for n in range(3)])
    Promotion.objects.bulk_create([Promotion(title=f"Promotion {n}", image="home/p.webp") for n in range(2)])
