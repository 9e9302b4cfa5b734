import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from dailyfresh_core.testing import service
from dailyfresh_core.testing.languages import english as english  # autouse
from dailyfresh_goods.models import SKU, SPU, GoodsType, HomeBanner, HomeTypeGoods, Promotion
from dailyfresh_goods.pages import cache as page_cache
from django.core.cache import caches
from django.test import Client


@pytest.fixture(scope="session")
def redis_url() -> str:
    return service("REDIS_URL")


@pytest.fixture(autouse=True)
def clean_cache(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caches["default"].clear()
    page_cache._paused_until = 0
    caplog.clear()
    yield
    if not request.node.get_closest_marker("cache_down"):
        assert not any("The cache 'default' is down" in record.getMessage() for record in caplog.get_records("call"))
    caches["default"].clear()


@pytest.fixture
def redis_cache(redis_url: str, settings: Any) -> Iterator[Any]:
    """The default cache on a real Redis; gives the cache object."""
    options = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": redis_url}
    options["KEY_PREFIX"] = f"goods-tests-{os.getpid()}"
    settings.CACHES = {"default": options}
    caches["default"].delete_pattern("*")
    yield caches["default"]
    caches["default"].delete_pattern("*")
    caches["default"].close()


@pytest.fixture
def pages(tmp_path: Path, settings: Any) -> Path:
    """Pages are written to disk; gives the folder that the web server serves."""
    options = {"BACKEND": "dailyfresh_goods.pages.disk.DiskPages", "OPTIONS": {"root": tmp_path / "pages"}}
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGES": options}
    return tmp_path / "pages" / "current"


class Shop:
    """Makes goods in one line each."""

    def __init__(self) -> None:
        self.fruit = GoodsType.objects.create(name="Fruit", slug="fruit", promise="In season", logo="types/fruit.webp")
        self.fish = GoodsType.objects.create(name="Fish", slug="fish", sort_order=1)

    def sku(self, name: str = "Apple", **values: Any) -> SKU:
        spu = values.pop("spu", None) or SPU.objects.create(name=name, detail=f"<p>About {name}</p>")
        slug = values.pop("slug", f"sku-{SKU.objects.count()}-{spu.pk}")
        defaults = {"type": self.fruit, "unit": "500g", "price": Decimal("9.90"), "stock": 100, "image": "skus/a.webp"}
        return SKU.objects.create(spu=spu, name=name, slug=slug, **(defaults | values))

    def skus(self, number: int, **values: Any) -> list[SKU]:
        return [self.sku(f"Goods {n}", **values) for n in range(number)]

    def many(self, number: int, **values: Any) -> list[SKU]:
        """Goods made past all signals, quickly."""
        spu = SPU.objects.create(name="Many")
        have = SKU.objects.count()
        defaults = {"type": self.fruit, "spu": spu, "unit": "1kg", "price": Decimal("9.90"), "stock": 100, "band": 2}
        rows = [SKU(name=f"Goods {n}", slug=f"many-{have + n}", **(defaults | values)) for n in range(number)]
        return SKU.untracked.bulk_create(rows)

    def home(self, sku: SKU, display: int = HomeTypeGoods.Display.PICTURE) -> HomeTypeGoods:
        return HomeTypeGoods.objects.create(type=sku.type, sku=sku, display=display)

    def banner(self, title: str = "Harvest", **values: Any) -> HomeBanner:
        return HomeBanner.objects.create(title=title, image="home/b.webp", **values)

    def promotion(self, title: str = "Half price", **values: Any) -> Promotion:
        return Promotion.objects.create(title=title, image="home/p.webp", **values)


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop()


@pytest.fixture
def committing(db: None, django_capture_on_commit_callbacks: Callable[..., Any]) -> Callable[[], Any]:
    """`with committing():` runs what waits for the commit, though the test's own transaction never commits."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


BASE = "/goods-shop"


@pytest.fixture
def browse(client: Client) -> Callable[..., Any]:
    """GET below the place where the site put the catalogue."""
    return lambda path, **headers: client.get(BASE + path, headers=headers)
