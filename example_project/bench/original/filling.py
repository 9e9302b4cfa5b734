"""Tables, goods and buyers of the original."""

from typing import Any

from django.core.management import call_command

from bench.buyers import BUYERS
from bench.goods import TYPES, goods
from bench.original.models import (
    Address,
    Banner,
    Goods,
    GoodsSKU,
    GoodsType,
    Promotion,
    TypeGoods,
    User,
)


def fill() -> dict[str, Any]:
    """Name -> buyer."""
    call_command("migrate", "auth", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)
    types = [GoodsType.objects.create(name=f"种类 {n}", logo="fruit", image="type.webp") for n in range(TYPES)]
    Goods.objects.bulk_create(
        [Goods(pk=each.number, name=each.name[:20], detail=each.detail) for each in goods()], 2000
    )
    GoodsSKU.objects.bulk_create(
        [
            GoodsSKU(
                pk=each.number, goods_id=each.number, type=types[each.type], name=each.name, description=each.description,
                price=each.price, unit=each.unit, image=each.image, stock=each.stock, sales=each.sales,
            )
            for each in goods()
        ],
        2000,
    )  # fmt: skip
    for type_ in types:
        for n, sku in enumerate(GoodsSKU.objects.filter(type=type_)[:7]):
            TypeGoods.objects.create(type=type_, sku=sku, display=int(n < 4), index=n)
    for n in range(4):
        Banner.objects.create(sku_id=n + 1, image="banner.webp", index=n)
    for n in range(2):
        Promotion.objects.create(name=f"活动 {n}", url="#", image="promotion.webp", index=n)
    users = {name: User.objects.create_user(name, password="no-i-said-no") for name in BUYERS}
    for user in users.values():
        Address.objects.create(user=user, receiver="林女士", street="科育南路 2 号", phone="13800006021", default=True)
    return users
