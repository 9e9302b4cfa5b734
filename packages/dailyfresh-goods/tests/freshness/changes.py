"""Random changes of every kind, and the comparison that must hold after them."""

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from dailyfresh_core.exchange import Row
from dailyfresh_goods import services
from dailyfresh_goods.models import (
    SKU,
    SPU,
    GoodsType,
    HomeBanner,
    HomeTypeGoods,
    Promotion,
    SKUImage,
)
from dailyfresh_goods.pages.build import fresh_page
from dailyfresh_goods.pages.cache import uncached
from dailyfresh_goods.pages.keys import HOME, detail_key, list_key, list_page, runs_of, sort_codes
from django.db import transaction
from django.db.models import F, Max
from django.test import Client
from django.utils import timezone


def stock_shop(size: int) -> None:
    """A shop of `size` SKUs in four types, with a home page."""
    types = [GoodsType.objects.create(name=f"Type {n}", slug=f"type-{n}", sort_order=n) for n in range(4)]
    for n in range(size):
        spu = SPU.objects.create(name=f"Goods {n}") if n % 3 else (SPU.objects.last() or SPU.objects.create(name="G"))
        sku = SKU.objects.create(
            spu=spu, type=types[n % 4], name=f"Goods {n}", slug=f"goods-{n}", unit="1kg", price=5 + n % 7, stock=n % 30
        )
        if n % 5 == 0:
            HomeTypeGoods.objects.create(type=sku.type, sku=sku, display=n % 3)
    HomeBanner.objects.create(title="Banner", image="b.webp", sku=SKU.objects.first())
    Promotion.objects.create(title="Promotion", image="p.webp")


class Merchant:
    """Changes the shop at random, one committed change a call."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.number = 0
        self.kinds: dict[str, int] = {}

    def sku(self) -> SKU:
        return self.random.choice(list(SKU.objects.all()))

    def some(self) -> list[str]:
        pks = list(SKU.objects.values_list("pk", flat=True))
        return [str(pk) for pk in self.random.sample(pks, min(3, len(pks)))]

    def price(self) -> Decimal:
        return Decimal(self.random.randrange(100, 2000)) / 100

    def change(self) -> str:
        """Make one change; its name."""
        self.number += 1
        name, change = self.random.choice(list(self.all_kinds()))
        with transaction.atomic():
            change()
        self.kinds[name] = self.kinds.get(name, 0) + 1
        return name

    def all_kinds(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        for name in dir(self):
            if name.startswith("do_"):
                yield name[3:], getattr(self, name)

    def do_save(self) -> None:
        sku = self.sku()
        sku.price, sku.name = self.price(), f"Renamed {self.number}"
        sku.market_price = self.random.choice([None, sku.price + 2])
        sku.save()

    def do_update(self) -> None:
        SKU.objects.filter(pk__in=self.some()).update(price=F("price") + 1)

    def do_bulk_update(self) -> None:
        skus = list(SKU.objects.filter(pk__in=self.some()))
        for sku in skus:
            sku.description = f"Described {self.number}"
            sku.sort_order = self.random.randrange(100)
        SKU.objects.bulk_update(skus, ["description", "sort_order"])

    def do_service(self) -> None:
        services.change_skus(sku_ids=self.some(), label=f"L{self.number}")

    def do_off_sale(self) -> None:
        services.take_off_sale(sku_ids=self.some()[:1])

    def do_on_sale(self) -> None:
        services.put_on_sale(sku_ids=[str(pk) for pk in SKU.objects.filter(on_sale=False).values_list("pk", flat=True)])

    def do_orders(self) -> None:
        """As a stock backend does it: past the model, then told."""
        ids = self.some()
        SKU.untracked.filter(pk__in=ids).update(stock=self.random.choice([0, 3, 10, 11, 80]), sales=F("sales") + 3)
        services.mark_stock_changed(sku_ids=ids)

    def do_figures(self) -> None:
        services.refresh_sales()

    def do_behind_our_back(self) -> None:
        SKU.untracked.filter(pk__in=self.some()).update(stock=self.random.choice([0, 5, 50]))
        services.refresh_bands()

    def do_create(self) -> None:
        spu = self.random.choice([SPU.objects.create(name=f"New {self.number}"), self.sku().spu])
        type_ = self.random.choice(list(GoodsType.objects.all()))
        SKU.objects.create(
            spu=spu,
            type=type_,
            name=f"New {self.number}",
            slug=f"new-{self.number}",
            unit="2kg",
            price=self.price(),
            stock=20,
        )

    def do_bulk_create(self) -> None:
        spu, type_ = self.sku().spu, self.random.choice(list(GoodsType.objects.all()))
        SKU.objects.bulk_create(
            [
                SKU(
                    spu=spu,
                    type=type_,
                    name=f"Bulk {n}",
                    slug=f"bulk-{self.number}-{n}",
                    unit="3kg",
                    price=self.price(),
                    stock=9,
                    band=1,
                )
                for n in range(2)
            ]
        )

    def do_import(self) -> None:
        sku = self.sku()
        rows = [
            {"slug": sku.slug, "price": str(self.price()), "stock": self.random.choice([0, 5, 40])},
            {"slug": f"imported-{self.number}", "type": sku.type.slug, "name": "Imported", "price": "1", "unit": "1kg"},
        ]
        assert services.import_goods(rows=[Row(*one) for one in enumerate(rows, 2)]).bad == 0

    def do_delete(self) -> None:
        if SKU.objects.count() > 12:
            self.sku().delete()

    def do_delete_many(self) -> None:
        if SKU.objects.count() > 20:
            SKU.objects.filter(pk__in=self.some()[:2]).delete()

    def do_delete_spu(self) -> None:
        spu = self.sku().spu
        if SKU.objects.count() - spu.skus.count() > 12:
            spu.delete()

    def do_move(self) -> None:
        sku = self.sku()
        sku.type = self.random.choice(list(GoodsType.objects.all()))
        sku.save()

    def do_regroup(self) -> None:
        sku, other = self.sku(), self.sku()
        sku.spu = other.spu
        sku.save(update_fields=["spu"])

    def do_detail(self) -> None:
        spu = self.sku().spu
        spu.detail, spu.specs = f"<p>Text {self.number}</p>", f"Shelf life: {self.number} days"
        spu.save()

    def do_detail_update(self) -> None:
        SPU.objects.filter(pk=self.sku().spu_id).update(detail=f"<p>Updated {self.number}</p>")

    def do_picture(self) -> None:
        SKUImage.objects.create(sku=self.sku(), image=f"skus/{self.number}.webp")

    def do_picture_gone(self) -> None:
        SKUImage.objects.filter(pk=SKUImage.objects.aggregate(last=Max("pk"))["last"]).delete()

    def do_picture_order(self) -> None:
        SKUImage.objects.update(sort_order=self.random.randrange(9))

    def do_banner(self) -> None:
        now = timezone.now()
        HomeBanner.objects.create(title=f"Banner {self.number}", image="b.webp", sku=self.sku(), starts_at=now)

    def do_banners(self) -> None:
        HomeBanner.objects.update(text=f"Text {self.number}")

    def do_banner_gone(self) -> None:
        HomeBanner.objects.filter(pk__in=list(HomeBanner.objects.values_list("pk", flat=True)[1:2])).delete()

    def do_promotion(self) -> None:
        promotion = Promotion.objects.first()
        if promotion:
            promotion.title = f"Promotion {self.number}"
            promotion.save()

    def do_place(self) -> None:
        sku = self.sku()
        HomeTypeGoods.objects.get_or_create(type=sku.type, sku=sku, display=self.random.randrange(3))

    def do_unplace(self) -> None:
        HomeTypeGoods.objects.filter(pk__in=list(HomeTypeGoods.objects.values_list("pk", flat=True)[:1])).delete()

    def do_type(self) -> None:
        if self.random.random() < 0.3:  # every page of the shop is made anew
            type_ = self.random.choice(list(GoodsType.objects.all()))
            type_.name, type_.promise = f"Renamed type {self.number}", f"Promise {self.number}"
            if self.random.random() < 0.5:
                type_.slug = f"renamed-{self.number}"
            type_.save()


def addresses(first: int = 1) -> Iterator[tuple[str, str]]:
    """(language, path) of every page there may be, written or not, of goods that are gone too, the `first` of all among them."""
    slugs = {f"type-{n}" for n in range(4)} | set(GoodsType.objects.values_list("slug", flat=True))
    last = SKU.objects.aggregate(m=Max("pk"))["m"] or 0
    keys = [HOME, *map(list_key, slugs), *map(detail_key, range(first, last + 1))]
    for key in keys:
        for language, paths in runs_of(key):
            for path in paths:
                yield language, path
    for slug in slugs:
        for sort in sort_codes():
            for page in range(6, 9):
                yield "en", list_page(slug, sort, page).path


def outdated(first: int = 1) -> list[str]:
    """Pages whose answer from the cache differs from a page made now from the database."""
    client, wrong = Client(), []
    for language, path in addresses(first):
        answer = client.get(path, headers={"accept-language": language, "host": "shop.example"})
        served = answer.content if answer.status_code == 200 else None
        with uncached():
            made = fresh_page(path, language)
            if served != (made.html if made else None):
                wrong.append(path)
    return wrong
