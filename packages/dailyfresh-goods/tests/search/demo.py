"""The demo store's catalogue, and one of other groceries, for tests."""

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
    "catalogue.tsv": {
        "fruit": "新鲜水果", "seafood": "海鲜水产", "meat": "猪牛羊肉", "poultry": "禽类蛋品", "veg": "新鲜蔬菜", "frozen": "速冻食品",
    },
    "grocer.tsv": {
        "hx": "海鲜水产", "sg": "进口水果", "dz": "豆制品", "rp": "乳品烘焙", "ly": "粮油面点", "tw": "调味品", "rq": "肉禽蛋品",
        "sc": "时令蔬菜", "js": "酒水饮料", "ls": "休闲零食", "sd": "速食冷冻",
    },
}  # fmt: skip


def fill(table: str = "catalogue.tsv") -> dict[str, int]:
    """Writes a catalogue past its signals; gives slug -> key."""
    types = {slug: GoodsType(slug=slug, name=name, sort_order=n) for n, (slug, name) in enumerate(TYPES[table].items())}
    QuerySet(GoodsType).bulk_create(types.values())
    lines = [line.split("\t") for line in (HERE / table).read_text("utf-8").splitlines()[1:]]
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


def indexed(table: str = "catalogue.tsv") -> dict[str, int]:
    """A catalogue, written and indexed."""
    keys = fill(table)
    rebuild()
    return keys
