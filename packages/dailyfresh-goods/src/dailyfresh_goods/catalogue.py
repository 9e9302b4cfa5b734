"""The catalogue as other packages see it: `find` gives what can be bought under an id."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from dailyfresh_core.db.statements import SAMPLES, Made
from dailyfresh_core.pricing.measures import BY_THE_PIECE, Measured
from django.db.models import F, QuerySet
from django.db.models.functions import Abs

from .models import SKU, pk_of
from .selectors import line_picture, with_line_picture

SIMILAR = 6


@dataclass(frozen=True, slots=True)
class Purchasable:
    """A SKU at this moment: `available` the stock (None: without limit), `limit` the most per order."""

    sku_id: str
    name: str
    unit_price: Decimal
    unit: str
    image_name: str
    image_url: str
    url: str
    on_sale: bool
    available: int | None
    limit: int | None
    requires_shipping: bool = True
    measure: Measured = BY_THE_PIECE
    groups: tuple[str, ...] = ()
    """Of the type, "type:3": offers name it."""
    storage: str = ""


@cache
def lines() -> "QuerySet[SKU]":
    """What `find` reads of all SKUs: put together once, for that takes longer than asking."""
    fields = ("name", "price", "unit", "image", "on_sale", "stock", "limit", "requires_shipping", "storage", "type")
    return with_line_picture(SKU.objects.only(*fields, "translations", *Measured.__slots__))


@lru_cache(maxsize=128)
def _found(how_many: int) -> Made:
    """The statement for so many lines: to make it takes several times as long as to ask it, and every cart and order does."""
    keys = SAMPLES[:how_many]
    return Made(lines().filter(pk__in=keys), *keys)


class Catalogue:
    """Finds SKUs by their ids, those off sale too: who asks must see that they are."""

    def find(self, sku_ids: Iterable[str]) -> dict[str, Purchasable]:
        """sku_id -> what is sold under it, in one statement; ids that are none of ours are absent."""
        pks = {pk for pk in map(pk_of, sku_ids) if pk is not None}
        if not pks:
            return {}
        return {str(sku.pk): _sold(sku) for sku in _found(len(pks))(*pks)}

    def similar(self, sku_id: str) -> list[Purchasable]:
        """Goods of the same type, sold and kept alike, and there, the nearest in price first: what may be given in place of it. Two statements."""
        pk = pk_of(sku_id)
        sku = None if pk is None else SKU.objects.filter(pk=pk).first()
        if sku is None:
            return []
        alike = {"type": sku.type_id, "sold_by": sku.sold_by, "storage": sku.storage}
        others = lines().filter(**alike, on_sale=True, stock__gt=0).exclude(pk=sku.pk)
        return [_sold(other) for other in others.order_by(Abs(F("price") - sku.price), "pk")[:SIMILAR]]


def _sold(sku: SKU) -> Purchasable:
    return Purchasable(
        sku_id=str(sku.pk),
        name=sku.said.name,
        unit_price=sku.price,
        unit=sku.said.unit,
        image_name=sku.image.name or "",
        image_url=line_picture(sku),
        url=sku.get_absolute_url(),
        on_sale=sku.on_sale,
        available=sku.stock,
        limit=sku.limit,
        requires_shipping=sku.requires_shipping,
        measure=sku.measure,
        groups=sku.groups,
        storage=sku.get_storage_display(),
    )
