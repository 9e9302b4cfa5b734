"""What the site writes to have a cart for its books."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .models import Book


@dataclass(frozen=True)
class Purchasable:
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
    requires_shipping: bool


class Catalogue:
    def find(self, sku_ids: Iterable[str]) -> dict[str, Purchasable]:
        keys = [
            int(sku_id) for sku_id in sku_ids if sku_id.isdecimal() and len(sku_id) < 19 and str(int(sku_id)) == sku_id
        ]
        return {
            str(book.pk): Purchasable(
                sku_id=str(book.pk),
                name=book.title,
                unit_price=book.price,
                unit="copy",
                image_name="",
                image_url="/static/book.png",
                url=f"/books/{book.pk}/",
                on_sale=book.in_print,
                available=book.copies,
                limit=book.most,
                requires_shipping=not book.download,
            )
            for book in Book.objects.filter(pk__in=keys)
        }
