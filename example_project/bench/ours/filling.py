"""Tables, goods and buyers of the store."""

from datetime import time
from typing import Any

from dailyfresh_delivery.models import Pattern, Zone, ZoneArea
from dailyfresh_goods.models import (
    SKU,
    SPU,
    Band,
    GoodsType,
    HomeBanner,
    HomeTypeGoods,
    Promotion,
    StalePage,
)
from dailyfresh_users.services import add_address
from django.contrib.auth import get_user_model
from django.core.management import call_command

from bench.buyers import BUYERS
from bench.goods import TYPES, goods


def fill() -> dict[str, Any]:
    """Name -> buyer."""
    call_command("migrate", verbosity=0)
    types = [
        GoodsType.objects.create(
            name=f"种类 {n}", slug=f"type-{n}", promise="新鲜", sort_order=n, logo="type.webp", banner="type.webp"
        )
        for n in range(TYPES)
    ]
    SPU.untracked.bulk_create([SPU(pk=each.number, name=each.name, detail=each.detail) for each in goods()], 2000)
    SKU.untracked.bulk_create(
        [
            SKU(
                pk=each.number, spu_id=each.number, type=types[each.type], name=each.name, slug=f"goods-{each.number}",
                description=each.description, price=each.price, unit=each.unit, image=each.image, stock=each.stock,
                band=Band.IN_STOCK, sales=each.sales, sales_rank=each.sales,
            )
            for each in goods()
        ],
        2000,
    )  # fmt: skip
    for type_ in types:
        HomeTypeGoods.objects.bulk_create(
            [
                HomeTypeGoods(type=type_, sku=sku, display=int(n < 4), sort_order=n)
                for n, sku in enumerate(type_.skus.order_by("pk")[:7])
            ]
        )
    HomeBanner.objects.bulk_create([HomeBanner(title=f"横幅 {n}", image="banner.webp", sort_order=n) for n in range(4)])
    Promotion.objects.bulk_create(
        [Promotion(title=f"活动 {n}", image="promotion.webp", sort_order=n) for n in range(2)]
    )
    StalePage.objects.all().delete()
    call_command("search_rebuild", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    zone = Zone.objects.create(name="北京", base="10.00", free_from="59.00")
    ZoneArea.objects.create(zone=zone, code="11")
    for start in (9, 12, 15, 18):
        Pattern.objects.create(zone=zone, start=time(start), end=time(start + 3), capacity=10**6)
    call_command("make_windows", verbosity=0)
    users = {name: get_user_model().objects.create_user(name, password="no-i-said-no") for name in BUYERS}
    address = {
        "receiver": "林女士",
        "phone": "13800006021",
        "district_code": "110108",
        "street": "科育南路 2 号",
        "postcode": "",
    }
    for user in users.values():
        add_address(user=user, values=address)
    return users
