"""Brings the demo's catalogue and accounts into an empty database; what is there already is left as it is."""

import random
from collections.abc import Callable
from pathlib import Path

from dailyfresh_goods.models import SKU, SPU, GoodsType, HomeBanner, HomeTypeGoods, Promotion, SKUImage
from dailyfresh_users.models import Registration
from dailyfresh_users.services import add_address
from django.contrib.auth import get_user_model
from django.core.files import File
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from . import catalogue as data
from .accounts import BUYER, MERCHANT, PASSWORD

PICTURES = Path(__file__).with_name("pictures")
Tell = Callable[[str], None]


def store(field: FieldFile, name: str) -> None:
    """Uploads one of the demo's pictures through the site's storage."""
    with (PICTURES / name).open("rb") as picture:
        field.save(Path(name).name, File(picture), save=False)


@transaction.atomic
def load_catalogue(tell: Tell) -> bool:
    """Types, products, pictures and the home page; False when there is a catalogue already. All of it or nothing."""
    if GoodsType.objects.exists():
        return False
    types = {}
    for number, kind in enumerate(data.TYPES):
        row = GoodsType(name=kind.name, slug=kind.slug, promise=kind.promise, sort_order=number)
        store(row.logo, f"types/cat-{kind.slug}.webp")
        store(row.banner, f"types/floor-{kind.slug}.webp")
        row.save()
        types[kind.slug] = row
    products = data.products()
    kinds = {kind.slug: kind for kind in data.TYPES}
    skus: dict[str, SKU] = {}
    draw = random.Random(2026)  # noqa: S311 - the same numbers at every start
    for number, product in enumerate(products, start=1):
        sku = (
            first_pack(product, types[product.type], kinds[product.type], draw)
            if not product.of
            else second_pack(product, skus, draw)
        )
        skus[product.slug] = sku
        if number % 10 == 0 or number == len(products):
            tell(f"catalogue: {number} of {len(products)} goods with their pictures")
    furnish_home(types, skus)
    return True


def first_pack(product: data.Product, kind: GoodsType, words: data.Type, draw: random.Random) -> SKU:
    """A product with its SPU, and a gallery of three pictures."""
    sku = fill(SKU(type=kind), product, draw)
    gallery = [SKUImage(sort_order=number) for number in range(2)]
    for row, view in zip(gallery, ("stand", "close"), strict=True):
        store(row.image, f"skus/{product.slug}-{view}.webp")
    store(sku.image, f"skus/{product.slug}.webp")
    sku.spu = SPU.objects.create(name=product.name, detail=data.detail(product, words), specs=data.specs(product))
    sku.save()
    for row in gallery:
        row.sku = sku
        row.save()
    return sku


def second_pack(product: data.Product, skus: dict[str, SKU], draw: random.Random) -> SKU:
    """Another pack of a product that is there: the same SPU, the same pictures."""
    one = skus[product.of]
    sku = fill(SKU(type=one.type, spu=one.spu, image=one.image.name), product, draw)
    sku.save()
    SKUImage.objects.bulk_create(
        [SKUImage(sku=sku, image=row.image.name, sort_order=row.sort_order) for row in one.images.all()]
    )
    return sku


def fill(sku: SKU, product: data.Product, draw: random.Random) -> SKU:
    """Takes the facts of the product, with a stock and sales that look like a shop's."""
    sku.name, sku.slug, sku.unit, sku.origin = product.name, product.slug, product.unit, product.origin
    sku.description, sku.price, sku.market_price = product.description, product.price, product.market_price
    sku.sales = sku.sales_rank = draw.randrange(40, 900) if product.of else draw.randrange(300, 6000)
    sku.stock = (
        0 if product.slug in data.SOLD_OUT else data.NEARLY_SOLD_OUT.get(product.slug) or draw.randrange(60, 400)
    )
    sku.limit, sku.label = data.LIMITS.get(product.slug), data.LABELS.get(product.slug, "")
    sku.sort_order = 200 if product.of else 100
    return sku


def furnish_home(types: dict[str, GoodsType], skus: dict[str, SKU]) -> None:
    """Carousel, promotions, and what each floor shows."""
    for model, table in ((HomeBanner, data.BANNERS), (Promotion, data.PROMOTIONS)):
        for number, (title, text, label, picture, slug, product) in enumerate(data.rows(table)):
            row = model(
                title=title,
                text=text,
                label=label,
                url=types[slug].get_absolute_url(),
                sku=skus[product],
                sort_order=number,
            )
            store(row.image, f"home/{picture}.webp")
            row.save()
    display = HomeTypeGoods.Display
    shown = [(skus[slug].type, slug, display.OFFER, number) for number, slug in enumerate(data.OFFERS)]
    for kind, titles, pictures in data.rows(data.HOME):
        for how, slugs in ((display.TITLE, titles), (display.PICTURE, pictures)):
            shown += [(types[kind], slug, how, number) for number, slug in enumerate(slugs.split(","))]
    for kind_row, slug, how, number in shown:
        HomeTypeGoods.objects.create(type=kind_row, sku=skus[slug], display=how, sort_order=number)


@transaction.atomic
def load_accounts() -> bool:
    """A buyer with an address and a merchant who may do everything; False when they are there already."""
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
    return True
