"""The demo store's catalogue, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from dailyfresh_goods.models import SKU, SPU, GoodsType
from dailyfresh_goods.search.indexing import rebuild
from django.db.models import QuerySet
from django.test import override_settings

HERE = Path(__file__).parent
TYPES = {
    "fruit": "新鲜水果",
    "seafood": "海鲜水产",
    "meat": "猪牛羊肉",
    "poultry": "禽类蛋品",
    "veg": "新鲜蔬菜",
    "frozen": "速冻食品",
}


def fill() -> dict[str, int]:
    """Writes the catalogue past its signals; gives slug -> key."""
    types = {slug: GoodsType(slug=slug, name=name, sort_order=n) for n, (slug, name) in enumerate(TYPES.items())}
    QuerySet(GoodsType).bulk_create(types.values())
    lines = [line.split("\t") for line in (HERE / "catalogue.tsv").read_text("utf-8").splitlines()[1:]]
    spus = {
        slug: SPU(name=name, detail=f"<p>{text}</p><h3>怎么保存</h3>")
        for slug, name, _, _, _, _, text, first in lines
        if not first
    }
    QuerySet(SPU).bulk_create(spus.values())
    skus = [
        SKU(
            type=types[kind], spu=spus[first or slug], name=name, slug=slug, price=Decimal(price), unit=unit, origin=origin,
            description=text, stock=100, sales=(number * 37) % 400, sales_rank=(number * 37) % 400, band=2,
        )
        for number, (slug, name, unit, price, kind, origin, text, first) in enumerate(lines)
    ]  # fmt: skip
    QuerySet(SKU).bulk_create(skus)
    return {sku.slug: sku.pk for sku in skus}


@contextmanager
def use_index(folder: Path, engine: str = "whoosh") -> Iterator[None]:
    """An index of its own, in `folder`."""
    from haystack import connections

    before = connections.connections_info
    chosen = {"default": {"ENGINE": f"dailyfresh_goods.search.engines.{engine}.Engine", "PATH": str(folder / engine)}}
    with override_settings(HAYSTACK_CONNECTIONS=chosen):
        connections.connections_info = chosen
        connections.thread_local.__dict__.clear()
        try:
            yield
        finally:
            connections.connections_info = before
            connections.thread_local.__dict__.clear()


def indexed() -> dict[str, int]:
    """The catalogue, written and indexed."""
    keys = fill()
    rebuild()
    return keys
