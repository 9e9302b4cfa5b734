"""A SKU as pages show it: a value that travels, made from a row and, where the site has them, a rating."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from dailyfresh_core.i18n.languages import language_of
from dailyfresh_core.joins import Join, register
from dailyfresh_core.pricing.measures import Measured, per, typed, written
from dailyfresh_core.probing import probe_find

from ..conf import conf
from ..models import SKU, Band
from ..protocols import Rating, Ratings
from .pictures import Album, Shown


def _known() -> list[str]:
    return [str(pk) for pk in SKU.objects.order_by("pk").values_list("pk", flat=True)[:5]]


RATINGS = register(Join(conf, "RATINGS", Ratings, "the ratings"), probe_find, known=_known)


@dataclass(frozen=True, slots=True)
class Card:
    """A SKU in a list; `sold` the snapshot of the sales, `tone` the slug of its type."""

    sku_id: str
    name: str
    unit: str
    price: Decimal
    market_price: Decimal | None
    discount: int
    label: str
    image: Shown
    url: str
    tone: str
    band: Band
    sold: int
    rating: Decimal | None
    rating_count: int
    measure: Measured
    groups: tuple[str, ...] = ()
    """As the catalogue has them: offers name it."""

    @property
    def least(self) -> str:
        """The least that is sold of it, as addresses and forms carry it: "1", "300g"."""
        return written(typed(self.measure.minimum, self.measure))

    @property
    def sold_out(self) -> bool:
        return self.band == Band.SOLD_OUT

    @property
    def low(self) -> bool:
        return self.band == Band.LOW

    def as_dict(self) -> dict[str, str | bool]:
        """What the answer to the visitor request says of it; `name_language` and `unit_language` where they are not the page's."""
        return {
            "sku_id": self.sku_id,
            "name": self.name,
            "name_language": language_of(self.name),
            "unit": self.unit,
            "unit_language": language_of(self.unit),
            "price": str(self.price),
            "per": per(self.measure),
            "image_url": self.image.url,
            "url": self.url,
            "tone": self.tone,
            "sold_out": self.sold_out,
        }


def discount(price: Decimal, market_price: Decimal | None) -> int:
    """How many percent the price is below the market price; 0 when it is not."""
    if not market_price or market_price <= price:
        return 0
    return int(((market_price - price) * 100 / market_price).quantize(Decimal(1), ROUND_HALF_UP))


def ratings_of(sku_ids: Iterable[str]) -> Mapping[str, Rating]:
    """sku_id -> rating from the source in setting RATINGS; empty without one."""
    ids = list(sku_ids)
    if conf.RATINGS is None or not ids:
        return {}
    return ratings().find(ids)


def ratings() -> Ratings:
    """An instance of the class in setting RATINGS; what it gives is judged (WrongShape)."""
    found: Ratings = RATINGS.made()
    return found


def card(sku: SKU, album: Album, rating: Rating | None = None) -> Card:
    """The card of one SKU whose type is loaded, with its picture of the album."""
    percent, said = discount(sku.price, sku.market_price), sku.said
    return Card(
        sku_id=str(sku.pk),
        name=said.name,
        unit=said.unit,
        price=sku.price,
        market_price=sku.market_price if percent else None,
        discount=percent,
        label=said.label,
        image=album.square(sku.image),
        url=sku.get_absolute_url(),
        tone=sku.type.slug,
        band=Band(sku.band),
        sold=sku.sales_rank,
        rating=rating.average if rating else None,
        rating_count=rating.count if rating else 0,
        measure=sku.measure,
        groups=sku.groups,
    )


def cards(skus: Iterable[SKU], ratings: Mapping[str, Rating] | None = None, album: Album | None = None) -> list[Card]:
    """The cards in the order given; without `ratings` or `album` they are asked for, in one statement each."""
    rows = list(skus)
    found = ratings_of(str(sku.pk) for sku in rows) if ratings is None else ratings
    pictures = album or Album(sku.image for sku in rows)
    return [card(sku, pictures, found.get(str(sku.pk))) for sku in rows]
