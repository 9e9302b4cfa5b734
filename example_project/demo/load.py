"""Brings the demo's catalogue and accounts into an empty database; what is there already is left as it is.

The goods are tables in `data/`: six types, 60 products with their pictures, some in a second pack or sold by weight, and the home page.
"""

import random
from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from dailyfresh_core.pricing.measures import Measured
from dailyfresh_delivery.models import Pattern, PickupPoint, Zone, ZoneArea
from dailyfresh_goods.models import SKU, SPU, GoodsType, HomeBanner, HomeTypeGoods, Promotion, SKUImage
from dailyfresh_promotions.models import Batch, Limit, Rule
from dailyfresh_users.models import Registration
from dailyfresh_users.services import add_address
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files import File
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from store.roles import make_roles

from .accounts import BUYER, MERCHANT, PASSWORD, STAFF
from .english import Row, detail, english, table, told

HERE = Path(__file__).parent
Tell = Callable[[str], None]
AMBIENT = {"navel-orange", "banana", "watermelon", "mango", "free-range-egg", "salted-egg", "potato", "mooncake"}


def store(field: FieldFile, name: str) -> None:
    """Uploads one of the demo's pictures through the site's storage."""
    with (HERE / "pictures" / name).open("rb") as picture:
        field.save(Path(name).name, File(picture), save=False)


@transaction.atomic
def load_catalogue(tell: Tell) -> bool:
    """Types, products, pictures and the home page; False when there is a catalogue already. All of it or nothing."""
    if GoodsType.objects.exists():
        return False
    types, words = {}, {kind["slug"]: kind for kind in table("types")}
    for number, kind in enumerate(words.values()):
        row = GoodsType(name=kind["name"], slug=kind["slug"], promise=kind["promise"], sort_order=number)
        row.translations = told(name=row.name, promise=row.promise)
        store(row.logo, f"types/cat-{kind['slug']}.webp")
        store(row.banner, f"types/floor-{kind['slug']}.webp")
        row.save()
        types[kind["slug"]] = row
    skus: dict[str, SKU] = {}
    products = table("products")
    draw = random.Random(2026)  # noqa: S311 - the same numbers at every start
    for number, product in enumerate(products, start=1):
        if one := skus.get(product["of"]):
            sku = second_pack(product, one, draw)
        else:
            sku = first_pack(product, types[product["type"]], words[product["type"]], draw)
        skus[sku.slug] = sku
        if number % 10 == 0 or number == len(products):
            tell(f"catalogue: {number} of {len(products)} goods with their pictures")
    furnish_home(types, skus)
    print_coupons()
    return True


def print_coupons() -> None:
    """Two to claim, one of them limited, and a code."""
    coupons: list[dict[str, Any]] = [
        {
            "name": "新客立减",
            "kind": "off",
            "params": {"tiers": [["99.00", "20.00"]]},
            "total": 500,
            "days": 30,
            "shown": True,
        },
        {"name": "免邮券", "kind": "freight", "params": {"reach": "0"}, "days": 7, "shown": True},
        {
            "name": "尝鲜",
            "kind": "percent",
            "params": {"tiers": [["0", 8800]], "cap": "30.00"},
            "days": 30,
            "code": "fresh88",
        },
    ]
    for coupon in coupons:
        Batch.objects.create(**coupon)


def first_pack(product: Row, kind: GoodsType, words: Row, draw: random.Random) -> SKU:
    """A product with its SPU, and a gallery of three pictures."""
    sku = filled(SKU(type=kind, name=product["name"], origin=product["origin"]), product, draw, most=(300, 6000))
    sku.description, sku.sort_order, sku.storage = product["description"], 100, kept(product, kind)
    gallery = [SKUImage(sort_order=number) for number in range(2)]
    for row, view in zip(gallery, ("stand", "close"), strict=True):
        store(row.image, f"skus/{sku.slug}-{view}.webp")
    store(sku.image, f"skus/{sku.slug}.webp")
    specs = f"英文名：{product['english']}"
    sku.spu = SPU(name=sku.name, detail=detail(product, words), specs=specs)
    sku.spu.translations = told(name=sku.name)
    sku.spu.translations["en"] |= {"detail": detail(product, words, english), "specs": f"Kind: {product['english']}"}
    sku.spu.save()
    translate(sku)
    sku.save()
    for row in gallery:
        row.sku = sku
        row.save()
    return sku


def translate(sku: SKU) -> None:
    """Give it its words in English."""
    sku.translations = told(**{name: getattr(sku, name) for name in SKU.TRANSLATED})


def kept(product: Row, kind: GoodsType) -> str:
    """How it is kept at home."""
    if product["slug"] in AMBIENT:
        return SKU.Storage.AMBIENT
    return SKU.Storage.FROZEN if kind.slug == "frozen" else SKU.Storage.CHILLED


def second_pack(product: Row, one: SKU, draw: random.Random) -> SKU:
    """Another pack of a product that is there: the same SPU, the same pictures."""
    sku = filled(SKU(type=one.type, spu=one.spu, name=one.name, origin=one.origin), product, draw, most=(40, 900))
    sku.description, sku.image, sku.sort_order, sku.storage = one.description, one.image.name, 200, one.storage
    translate(sku)
    sku.save()
    SKUImage.objects.bulk_create(
        [SKUImage(sku=sku, image=row.image.name, sort_order=row.sort_order) for row in one.images.all()]
    )
    return sku


def filled(sku: SKU, product: Row, draw: random.Random, *, most: tuple[int, int]) -> SKU:
    """With the facts of the pack, and a stock and sales that look like a shop's."""
    sku.slug, sku.unit, sku.label = product["slug"], product["unit"], product["label"]
    sku.price, sku.market_price = Decimal(product["price"]), Decimal(product["market_price"] or 0) or None
    for name in Measured.__slots__:
        if product.get(name):
            setattr(sku, name, type(getattr(sku, name))(product[name]))
    portion = sku.price_grams if sku.sold_by == SKU.By.WEIGHT else 1
    sku.sales_rank = draw.randrange(*most)
    sku.sales = sku.sales_rank * portion
    sku.stock = int(product["stock"] or draw.randrange(60, 400)) * portion
    sku.limit = int(product["limit"] or 0) or None
    return sku


def furnish_home(types: dict[str, GoodsType], skus: dict[str, SKU]) -> None:
    """Carousel, promotions, and what each floor shows."""
    for number, shown in enumerate(table("home")):
        row = {"banner": HomeBanner, "promotion": Promotion}[shown["model"]](
            **{name: shown[name] for name in ("title", "text", "label")},
            url=types[shown["type"]].get_absolute_url(),
            sku=skus[shown["sku"]],
            sort_order=number,
            translations=told(title=shown["title"], text=shown["text"], label=shown["label"]),
        )
        store(row.image, f"home/{shown['picture']}.webp")
        row.save()
    for shown in table("floors"):
        HomeTypeGoods.objects.create(
            type=types[shown["type"]],
            sku=skus[shown["sku"]],
            display=HomeTypeGoods.Display[shown["display"].upper()],
            sort_order=int(shown["sort_order"]),
        )


@transaction.atomic
def load_offers() -> bool:
    """What the shop takes off; False when it takes something off already."""
    if Rule.objects.exists():
        return False
    Rule.objects.create(name="满减", kind="off", params={"tiers": [["100.00", "10.00"], ["200.00", "25.00"]]})
    half, seafood = {"every": 2, "few": 1, "rate": 5000}, GoodsType.objects.get(slug="seafood")
    scope = {"groups": [f"type:{seafood.pk}"]}
    Rule.objects.create(name="海鲜第二件半价", kind="cheapest", params=half, scope=scope, priority=1, stackable=True)
    now = timezone.now()
    week = Rule.objects.create(
        name="限时特价", kind="flash", starts=now, ends=now + timedelta(days=3, hours=4), priority=2, alone=True
    )
    for sku in SKU.objects.filter(slug__in=("cherry", "steak", "broccoli")):
        price = (sku.price * Decimal("0.8")).quantize(Decimal("0.1"))
        Limit.objects.create(rule=week, sku_id=str(sku.pk), price=price, quantity=200, per_buyer=2)
    return True


PROVINCES = "12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"
"""All of the mainland but Beijing."""


@transaction.atomic
def load_delivery() -> bool:
    """Where the shop brings its goods, when, and for what; False when it does so already."""
    if Zone.objects.exists():
        return False
    price = {"base": "10.00", "free_from": "59.00"}
    near, far = (Zone.objects.create(name=name, translations=told(name=name), **price) for name in ("北京", "其他省市"))
    ZoneArea.objects.create(zone=near, code="11")
    ZoneArea.objects.bulk_create(ZoneArea(zone=far, code=code) for code in PROVINCES.split())
    where = {"name": "中关村店", "address": "中关村大街 1 号"}
    point = PickupPoint.objects.create(**where, translations=told(**where), phone="010-60000000")
    for start, end in ((9, 12), (12, 15), (15, 18), (18, 21)):
        evening = {"fee": "3.00"} if start == 18 else {}
        Pattern.objects.create(
            zone=near, start=time(start), end=time(end), capacity=40, capacity_grams=400_000, **evening
        )
    evening_before = {"cut_off_time": time(18), "cut_off_days": 1}
    Pattern.objects.create(zone=far, start=time(9), end=time(18), capacity=200, **evening_before)
    Pattern.objects.create(point=point, start=time(10), end=time(20), capacity=60, cut_off_minutes=0)
    return True


@transaction.atomic
def load_accounts() -> bool:
    """A buyer with an address, a merchant who may do everything, and staff of each role; False when they are there already."""
    users = get_user_model().objects
    if users.filter(username=BUYER).exists():
        return False
    buyer = users.create_user(BUYER, f"{BUYER}@dailyfresh.example", PASSWORD, first_name="晓禾", last_name="林")
    Registration.objects.create(user=buyer, email_key=buyer.email, activated_at=timezone.now())
    add_address(
        user=buyer,
        values={
            "receiver": "林晓禾",
            "phone": "13800138000",
            "district_code": "110108",
            "street": "中关村大街 27 号",
            "postcode": "100080",
        },
        make_default=True,
    )
    users.create_superuser(MERCHANT, f"{MERCHANT}@dailyfresh.example", PASSWORD)
    for name, role in zip(STAFF, make_roles(), strict=True):
        clerk = users.create_user(name, f"{name}@dailyfresh.example", PASSWORD, is_staff=True)
        clerk.groups.add(Group.objects.get(name=role))
    return True
