"""What the page of a SKU shows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from dailyfresh_core.db.together import of_each
from dailyfresh_core.i18n.languages import Text
from dailyfresh_core.pricing.measures import amount
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile

from ..models import SKU, Band, SKUImage, pk_of
from .cards import Card, card, ratings_of
from .pictures import Album, Shown


@dataclass(frozen=True, slots=True)
class Pack:
    """A SKU of the same SPU."""

    name: str
    url: str
    current: bool
    sold_out: bool


@dataclass(frozen=True, slots=True)
class View:
    """A picture of a gallery: what is cut out of it, and all of it."""

    square: Shown
    whole: Shown


@dataclass(frozen=True, slots=True)
class Detail:
    """The page of a SKU; `specs` are (name, value), `views` its pictures, the main one first."""

    pk: int
    card: Card
    description: str
    origin: str
    storage: str
    limit: int | None
    type_name: str
    type_slug: str
    html: str
    specs: list[tuple[Text, Text]]
    views: list[View]
    packs: list[Pack]

    @property
    def least_total(self) -> Decimal:
        """What the least that is sold of it costs."""
        return amount(self.card.price, self.card.measure.minimum, self.card.measure)

    @property
    def saving(self) -> Decimal:
        """How much the price is below the market price."""
        return (self.card.market_price or self.card.price) - self.card.price


def _specs(text: Text) -> list[tuple[Text, Text]]:
    lines = (line.replace("：", ":", 1).partition(":") for line in text.splitlines())
    pairs = ((name.strip(), value.strip()) for name, _, value in lines)
    return [(Text(name, text.language), Text(value, text.language)) for name, value in pairs if name and value]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What stands in the database of one page."""

    sku: SKU
    files: list[FieldFile]
    album: Album
    packs: list[SKU]


def _on_sale(sku_ids: Iterable[str]) -> dict[str, _Rows]:
    pks = (pk for pk in map(pk_of, sku_ids) if pk is not None)  # an address may name a number that no column holds
    return _rows(SKU.objects.filter(on_sale=True, pk__in=list(pks)))


def _rows(skus: "QuerySet[SKU]") -> dict[str, _Rows]:
    """sku_id -> its rows, in four statements for however many."""
    found = list(skus.select_related("type", "spu"))
    if not found:
        return {}
    pictures: dict[int, list[FieldFile]] = {sku.pk: [sku.image] for sku in found}
    for row in SKUImage.objects.filter(sku__in=pictures):
        pictures[row.sku_id].append(row.image)
    files = {pk: list({file.name: file for file in some if file}.values()) for pk, some in pictures.items()}
    album = Album(file for some in files.values() for file in some)
    packs: dict[int, list[SKU]] = defaultdict(list)
    beside = SKU.objects.filter(spu__in={sku.spu_id for sku in found}, on_sale=True).order_by("price", "pk")
    for other in beside.only("name", "unit", "band", "spu_id", "translations"):
        packs[other.spu_id].append(other)
    return {str(sku.pk): _Rows(sku, files[sku.pk], album, packs[sku.spu_id]) for sku in found}


def detail(pk: int, *, off_sale: bool = False) -> Detail | None:
    """The page of a SKU on sale, in five statements; None when it is unknown, or off sale unless that is asked for."""
    sku_id = str(pk)
    rows = _rows(SKU.objects.filter(pk=pk)).get(sku_id) if off_sale else of_each(_on_sale, sku_id)
    if rows is None:
        return None
    sku, album = rows.sku, rows.album
    rating = of_each(ratings_of, sku_id)
    return Detail(
        pk=sku.pk,
        card=card(sku, album, rating),
        description=sku.said.description,
        origin=sku.said.origin,
        storage=sku.get_storage_display(),
        limit=sku.limit,
        type_name=sku.type.said.name,
        type_slug=sku.type.slug,
        html=sku.spu.said.detail,
        specs=_specs(sku.spu.said.specs),
        views=[View(square, album.whole(file)) for file in rows.files if (square := album.square(file))],
        packs=[
            Pack(
                name=_pack(other, sku),
                url=other.get_absolute_url(),
                current=other.pk == sku.pk,
                sold_out=other.band == Band.SOLD_OUT,
            )
            for other in rows.packs
        ],
    )


def _pack(other: SKU, sku: SKU) -> Text:
    name, unit = other.said.name, other.said.unit
    return unit if other.name == sku.name else Text(f"{name} {unit}", name.language)


def sku_exists(pk: int) -> bool:
    """Whether the SKU exists, on sale or not."""
    return SKU.objects.filter(pk=pk).exists()
