"""Every way of change marks the pages that depend on it, and only those."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_goods import services
from dailyfresh_goods.models import SKU, SPU, Band, GoodsType, HomeBanner, HomeTypeGoods, SKUImage, StalePage
from dailyfresh_goods.signals import goods_changed, rows_changed
from django.db import connection
from django.db.models import F


def marks() -> set[str]:
    found = set(StalePage.objects.values_list("key", flat=True))
    StalePage.objects.all().delete()
    return found


@pytest.fixture
def sku(shop: Shop) -> SKU:
    """An apple beside its sibling, away from the home page; no marks yet."""
    spu = SPU.objects.create(name="Apple")
    shop.home(shop.sku("Other"))
    shop.sku("Crate", spu=spu)
    sku = shop.sku("Apple", spu=spu)
    marks()
    return sku


def pages(sku: SKU, *more: str) -> set[str]:
    siblings = SKU.objects.filter(spu_id=sku.spu_id)
    return {f"detail:{row.pk}" for row in siblings} | {"list:fruit"} | set(more)


def save(sku: SKU) -> None:
    sku.price = Decimal("1.00")
    sku.save()


def bulk_update(sku: SKU) -> None:
    sku.name = "Pear"
    SKU.objects.bulk_update([sku], ["name"])


CHANGES: dict[str, Callable[[SKU], Any]] = {
    "save": save,
    "update": lambda sku: SKU.objects.filter(pk=sku.pk).update(price=1),
    "bulk_update": bulk_update,
    "service": lambda sku: services.change_skus(sku_ids=[str(sku.pk)], price=1),
    "off sale": lambda sku: services.take_off_sale(sku_ids=[str(sku.pk)]),
    "mark_stale": lambda sku: services.mark_stale(sku_ids=[str(sku.pk), "x", "99999"]),
    "spu": lambda sku: sku.spu.save(),
    "spu update": lambda sku: SPU.objects.filter(pk=sku.spu_id).update(detail="x"),
    "picture": lambda sku: SKUImage.objects.create(sku=sku, image="a.webp"),
    "pictures": lambda sku: SKUImage.objects.bulk_create([SKUImage(sku=sku, image="a.webp")]),
    "added": lambda sku: sku.spu.skus.add(sku),
    "upsert": lambda sku: SKU.objects.bulk_create(
        [SKU(slug=sku.slug, spu=sku.spu, type=sku.type, name="Pear", unit="1kg", price=1)],
        update_conflicts=True,
        update_fields=["name"],
        unique_fields=["slug"] if connection.features.supports_update_conflicts_with_target else None,
    ),
    "related": lambda sku: sku.spu.skus.filter(pk=sku.pk).update(unit="1kg"),
    "sold out": lambda sku: [
        SKU.untracked.filter(pk=sku.pk).update(stock=0),
        services.mark_stock_changed(sku_ids=[str(sku.pk)]),
    ],
    "figures": lambda sku: [SKU.untracked.filter(pk=sku.pk).update(sales=F("sales") + 7), services.refresh_sales()],
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_marks_the_pages_that_show_it(change: str, sku: SKU) -> None:
    told: list[int] = []
    receiver = lambda sku_ids, **_: told.extend(sku_ids)  # noqa: E731
    goods_changed.connect(receiver)
    try:
        CHANGES[change](sku)
    finally:
        goods_changed.disconnect(receiver)
    assert marks() - {"detail:99999"} == pages(sku)
    assert sku.pk in told


def test_deleting_marks_what_showed_it(sku: SKU) -> None:
    expected = pages(sku)
    SKU.objects.filter(pk=sku.pk).delete()
    assert marks() == expected


def test_deleting_an_spu_takes_its_packs_along(sku: SKU) -> None:
    expected = pages(sku)
    sku.spu.delete()
    assert marks() == expected
    assert SKU.objects.count() == 1


def test_moving_to_another_type_marks_both_lists(shop: Shop, sku: SKU) -> None:
    sku.type = shop.fish
    sku.save()
    assert marks() == pages(sku, "list:fish")
    SKU.objects.filter(pk=sku.pk).update(type=shop.fruit)
    assert marks() == pages(sku, "list:fish")


def test_moving_to_another_spu_marks_the_packs_of_both(shop: Shop, sku: SKU) -> None:
    other = SKU.objects.get(name="Other")
    sku.spu = other.spu
    sku.save()
    assert marks() == {f"detail:{row.pk}" for row in SKU.objects.all()} | {"list:fruit"}


def test_a_change_of_goods_off_sale_marks_no_list(sku: SKU) -> None:
    services.take_off_sale(sku_ids=[str(sku.pk)])
    marks()
    save(SKU.objects.get(pk=sku.pk))
    assert marks() == pages(sku) - {"list:fruit"}


@pytest.mark.parametrize("place", [HomeTypeGoods, HomeBanner])
def test_goods_on_the_home_page_mark_it(place: Any, shop: Shop, sku: SKU) -> None:
    if place is HomeTypeGoods:
        shop.home(sku)
    else:
        shop.banner(sku=sku)
    assert marks() == {"home"}
    save(sku)
    assert marks() == pages(sku, "home")


@pytest.mark.parametrize("way", ["create", "save", "update", "delete"])
def test_banners_mark_the_home_page(way: str, shop: Shop) -> None:
    banner = shop.banner()
    if way != "create":
        marks()
    if way == "save":
        banner.save()
    elif way == "update":
        HomeBanner.objects.update(sort_order=3)
    elif way == "delete":
        HomeBanner.objects.all().delete()
    assert marks() >= {"home"}


def test_a_type_stands_on_every_page(shop: Shop) -> None:
    marks()
    shop.fruit.slug = "fruits"
    shop.fruit.save()
    assert marks() == {"site", "list:fruit", "list:fruits"}
    GoodsType.objects.filter(slug="fish").delete()
    assert marks() == {"site", "list:fish"}


def upsert(type_: GoodsType, *columns: str) -> None:
    """As a fixture of types that is loaded again."""
    targets = ["slug"] if connection.features.supports_update_conflicts_with_target else None
    again = GoodsType(name=type_.name, slug=type_.slug)
    GoodsType.objects.bulk_create([again], update_conflicts=True, update_fields=columns, unique_fields=targets)


TYPE_CHANGES: dict[str, tuple[Callable[[GoodsType], Any], bool]] = {
    "order": (lambda type_: [setattr(type_, "sort_order", 9), type_.save()], False),
    "promise": (lambda type_: [setattr(type_, "promise", "x"), type_.save()], False),
    "name": (lambda type_: [setattr(type_, "name", "fruit"), type_.save()], True),
    "slug": (lambda type_: [setattr(type_, "slug", "fruits"), type_.save()], True),
    "update": (lambda type_: GoodsType.objects.filter(pk=type_.pk).update(name="Fruits"), True),
    "update of the order": (lambda type_: GoodsType.objects.filter(pk=type_.pk).update(sort_order=9), False),
    "bulk_update of the promise": (lambda type_: GoodsType.objects.bulk_update([type_], ["promise"]), False),
    "bulk_create of the order": (lambda type_: upsert(type_, "sort_order"), False),
    "bulk_create of the name": (lambda type_: upsert(type_, "name", "sort_order"), True),
}


@pytest.mark.parametrize("change", TYPE_CHANGES)
def test_a_type_tells_of_its_goods_once_and_when_they_read_otherwise(change: str, sku: SKU, shop: Shop) -> None:
    told: list[int] = []
    receiver = lambda sku_ids, **_: told.extend(sku_ids)  # noqa: E731
    goods_changed.connect(receiver)
    make, tells = TYPE_CHANGES[change]
    try:
        make(shop.fruit)
    finally:
        goods_changed.disconnect(receiver)
    assert sorted(told) == (sorted(SKU.objects.values_list("pk", flat=True)) if tells else [])
    assert "site" in marks()


def test_a_stock_that_stays_in_its_band_marks_nothing(sku: SKU, django_assert_num_queries: Any) -> None:
    SKU.untracked.filter(pk=sku.pk).update(stock=50)
    with django_assert_num_queries(1):
        services.mark_stock_changed(sku_ids=[str(sku.pk), "bogus"])
    SKU.objects.filter(pk=sku.pk).update(stock=F("stock") - 1)
    assert marks() == set()


@pytest.mark.parametrize(("stock", "band"), [(0, Band.SOLD_OUT), (1, Band.LOW), (10, Band.LOW), (11, Band.IN_STOCK)])
def test_the_band_follows_the_stock(stock: int, band: Band, sku: SKU) -> None:
    SKU.untracked.filter(pk=sku.pk).update(stock=stock)
    services.mark_stock_changed(sku_ids=[str(sku.pk)])
    sku.refresh_from_db()
    assert sku.band == band == Band.of(stock)


def test_a_stock_saved_as_an_expression_gets_its_band(sku: SKU) -> None:
    sku.stock = F("stock") - 95
    sku.save()
    assert SKU.objects.get(pk=sku.pk).band == Band.LOW


WAYS: dict[str, Callable[[SKU], Any]] = {
    "service": lambda sku: services.change_skus(sku_ids=[str(sku.pk)], stock=5),
    "update": lambda sku: SKU.objects.filter(pk=sku.pk).update(stock=F("stock") - 95, price=1),
    "upsert": lambda sku: SKU.objects.bulk_create(
        [SKU(slug=sku.slug, spu=sku.spu, type=sku.type, name="Pear", unit="1kg", price=1, stock=5)],
        update_conflicts=True,
        update_fields=["stock"],
        unique_fields=["slug"] if connection.features.supports_update_conflicts_with_target else None,
    ),
    "bulk_update": lambda sku: [setattr(sku, "stock", 5), SKU.objects.bulk_update([sku], ["stock", "name"])],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_stock_set_in_bulk_gets_its_band_and_marks_the_pages(way: str, sku: SKU) -> None:
    WAYS[way](sku)
    sku.refresh_from_db()
    assert (sku.stock, sku.band) == (5, Band.LOW)
    assert marks() == pages(sku)


def test_goods_made_in_bulk_get_their_bands(shop: Shop) -> None:
    spu = SPU.objects.create(name="Pear")
    values = {"spu": spu, "type": shop.fruit, "name": "Pear", "unit": "1kg", "price": 1}
    SKU.objects.bulk_create([SKU(slug=f"pear-{stock}", stock=stock, **values) for stock in (0, 5, 50)])
    assert list(SKU.objects.order_by("slug").values_list("band", flat=True)) == [0, 1, 2]


def test_only_the_stock_may_be_saved(sku: SKU) -> None:
    sku.stock = 0
    sku.save(update_fields=["stock"])
    assert SKU.objects.get(pk=sku.pk).band == Band.SOLD_OUT


def test_bands_changed_behind_our_back_are_healed(sku: SKU, settings: Any) -> None:
    SKU.untracked.filter(pk=sku.pk).update(stock=0)
    assert services.refresh_bands() == 1
    assert marks() == pages(sku)
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "LOW_STOCK": 100}
    assert services.refresh_bands() == 2
    assert services.refresh_bands() == 0


def test_figures_of_many_goods_leave_the_rest_of_the_site_alone(sku: SKU, shop: Shop) -> None:
    shop.many(501, sales=1, type=shop.fish)
    marks()
    assert services.refresh_sales() == 501
    assert marks() == {f"detail:{pk}" for pk in SKU.objects.filter(sales=1).values_list("pk", flat=True)} | {
        "list:fish"
    }


def test_a_home_page_nobody_arranged_follows_the_newest_goods(shop: Shop) -> None:
    sku = shop.sku()
    marks()
    save(sku)
    assert "home" in marks()


@pytest.mark.parametrize("many", [1, 2100])
def test_a_bulk_update_changes_no_row_that_it_does_not_mark(many: int, sku: SKU, shop: Shop) -> None:
    """Another process makes goods that fit the filter, between the reading of the keys and the change."""
    shop.many(many)
    told: set[int] = set()

    def meanwhile(before: bool, **_: Any) -> None:
        if before:
            shop.many(1)

    listen = lambda sku_ids, **_: told.update(sku_ids)  # noqa: E731
    goods_changed.connect(listen)
    rows_changed.connect(meanwhile, sender=SKU)
    try:
        count = SKU.objects.filter(price="9.90").update(price=1)
    finally:
        goods_changed.disconnect(listen)
        rows_changed.disconnect(meanwhile, sender=SKU)
    changed = set(SKU.objects.filter(price=1).values_list("pk", flat=True))
    assert changed == told
    assert count == len(changed) == 3 + many


def test_a_bulk_update_asks_its_filter_again(sku: SKU) -> None:
    def meanwhile(**_: Any) -> None:
        SKU.untracked.filter(pk=sku.pk).update(price=5)

    rows_changed.connect(meanwhile, sender=SKU)
    try:
        assert SKU.objects.filter(pk=sku.pk, price="9.90").update(price=1) == 0
    finally:
        rows_changed.disconnect(meanwhile, sender=SKU)
    assert SKU.objects.get(pk=sku.pk).price == 5


def test_a_change_of_thousands_is_one_mark(shop: Shop) -> None:
    shop.many(501)
    marks()
    SKU.objects.update(price=F("price") + 1)
    assert marks() == {"site"}


def test_the_row_and_its_marks_are_committed_together(transactional_db: None) -> None:
    fruit = GoodsType.objects.create(name="Fruit", slug="fruit")
    spu = SPU.objects.create(name="Apple")

    def fail(**_: Any) -> None:
        raise ZeroDivisionError

    goods_changed.connect(fail)
    try:
        with pytest.raises(ZeroDivisionError):
            SKU.objects.create(spu=spu, type=fruit, name="Apple", slug="a", price=1, unit="1kg")
    finally:
        goods_changed.disconnect(fail)
    assert not SKU.objects.exists()
