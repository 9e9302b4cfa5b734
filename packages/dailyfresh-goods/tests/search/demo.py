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
    keys = {}
    for number, line in enumerate((HERE / "catalogue.tsv").read_text("utf-8").splitlines()[1:]):
        slug, name, unit, price, kind = line.split("\t")
        sku = SKU(
            type=types[kind], spu=SPU.objects.create(name=name), name=name, slug=slug, price=Decimal(price), unit=unit,
            stock=100, sales=(number * 37) % 400, sales_rank=(number * 37) % 400,
        )  # fmt: skip
        sku.save()
        keys[slug] = sku.pk
    return keys


@contextmanager
def use_index(folder: Path, engine: str = "whoosh") -> Iterator[None]:
    """An index of its own, in `folder`."""
    from haystack import connections
    from haystack.utils.loading import ConnectionHandler

    path = f"dailyfresh_goods.search.engines.{engine}.Engine"
    before = connections.connections_info
    connections.connections_info = {"default": {"ENGINE": path, "PATH": str(folder / engine)}}
    connections.thread_local.__dict__.clear()
    try:
        yield
    finally:
        connections.connections_info = before
        connections.thread_local.__dict__.clear()
    assert ConnectionHandler is type(connections)


def indexed() -> dict[str, int]:
    """The catalogue, written and indexed."""
    keys = fill()
    rebuild()
    return keys
