"""What the page of a SKU shows."""

from dataclasses import dataclass
from decimal import Decimal

from dailyfresh_core.i18n.languages import Text
from dailyfresh_core.pricing.measures import amount

from ..models import SKU, Band
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


def detail(pk: int, *, off_sale: bool = False) -> Detail | None:
    """The page of a SKU on sale, in five statements; None when it is unknown, or off sale unless that is asked for."""
    sku = SKU.objects.filter(pk=pk).select_related("type", "spu").first()
    if sku is None or not (sku.on_sale or off_sale):
        return None
    rating = ratings_of([str(pk)]).get(str(pk))
    files = list({file.name: file for file in (sku.image, *(row.image for row in sku.images.all())) if file}.values())
    album = Album(files)
    packs = sku.spu.skus.filter(on_sale=True).order_by("price", "pk")
    several = packs.only("name", "unit", "band", "spu_id", "translations")
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
        views=[View(square, album.whole(file)) for file in files if (square := album.square(file))],
        packs=[
            Pack(
                name=_pack(other, sku),
                url=other.get_absolute_url(),
                current=other.pk == sku.pk,
                sold_out=other.band == Band.SOLD_OUT,
            )
            for other in several
        ],
    )


def _pack(other: SKU, sku: SKU) -> Text:
    name, unit = other.said.name, other.said.unit
    return unit if other.name == sku.name else Text(f"{name} {unit}", name.language)


def sku_exists(pk: int) -> bool:
    """Whether the SKU exists, on sale or not."""
    return SKU.objects.filter(pk=pk).exists()
