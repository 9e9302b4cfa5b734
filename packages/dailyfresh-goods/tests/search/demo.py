"""The demo store's catalogue, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from dailyfresh_goods.models import SKU, SPU, GoodsType
from dailyfresh_goods.search.indexing import rebuild

HERE = Path(__file__).parent
TYPES = {"fruit": "新鲜水果", "seafood": "海鲜水产", "meat": "猪牛羊肉", "poultry": "禽类蛋品", "veg": "新鲜蔬菜", "frozen": "速冻食品"}


def fill() -> dict[str, int]:
    """Writes the catalogue; gives slug -> key."""
    types = {slug: GoodsType.objects.create(slug=slug, name=name, sort_order=n) for n, (slug, name) in enumerate(TYPES.items())}
    spus: dict[str, SPU] = {}
    keys = {}
    for number, line in enumerate((HERE / "catalogue.tsv").read_text("utf-8").splitlines()[1:]):
        slug, name, unit, price, kind, origin, description, first = line.split("\t")
        spu = spus[slug] = spus[first] if first else SPU.objects.create(name=name, detail=f"<p>{description}</p><h3>怎么保存</h3><p>冷藏</p>")
        sku = SKU(
            type=types[kind], spu=spu, name=name, slug=slug, price=Decimal(price), unit=unit, origin=origin, description=description,
            stock=100, sales=(number * 37) % 400, sales_rank=(number * 37) % 400,
        )  # fmt: skip
        sku.save()
        keys[slug] = sku.pk
    return keys


@contextmanager
def use_index(folder: Path, engine: str = "whoosh") -> Iterator[None]:
    """An index of its own, in `folder`."""
    from haystack import connections
    path = f"dailyfresh_goods.search.engines.{engine}.Engine"
    before = connections.connections_info
    connections.connections_info = {"default": {"ENGINE": path, "PATH": str(folder / engine)}}
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
