"""What the site writes to sell its books with offers: a catalogue for the preview, and an order code of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dailyfresh_core.db.retrying import retried
from dailyfresh_core.pricing.offers import Goods
from dailyfresh_promotions.offers import Promotions
from django.db import transaction
from django.utils import timezone

from .models import Book, Sale

POSTAGE = Decimal("6.00")
promotions = Promotions()


class Changed(Exception):
    """The offers are not what they were; nothing was bought."""


@dataclass(frozen=True)
class Purchasable:
    sku_id: str
    name: str
    unit_price: Decimal
    groups: tuple[str, ...]
    unit: str = "copy"
    image_name: str = ""
    image_url: str = ""
    url: str = ""
    on_sale: bool = True
    available: int | None = None
    limit: int | None = None
    requires_shipping: bool = True


class Catalogue:
    def find(self, sku_ids: Iterable[str]) -> dict[str, Purchasable]:
        keys = [
            int(sku_id) for sku_id in sku_ids if sku_id.isdecimal() and len(sku_id) < 19 and str(int(sku_id)) == sku_id
        ]
        return {
            str(book.pk): Purchasable(str(book.pk), book.title, book.price, (f"genre:{book.genre}",))
            for book in Book.objects.filter(pk__in=keys)
        }


def offers(user: Any, wanted: Mapping[str, int], *, coupon: str = "auto", at: Any = None) -> Any:
    books = Catalogue().find(wanted)
    items = [
        Goods(sku_id, books[sku_id].groups, books[sku_id].unit_price, n, books[sku_id].unit_price * n)
        for sku_id, n in wanted.items()
    ]

    def is_first() -> bool:
        return user is None or not Sale.objects.filter(user=user).exclude(state="cancelled").exists()

    return promotions.price(
        items, user=user, first_order=is_first, coupon=coupon, freight=lambda goods: POSTAGE, at=at or timezone.now()
    )


def total(user: Any, wanted: Mapping[str, int], offer: Any) -> Decimal:
    goods = sum((book.price * wanted[str(book.pk)] for book in Book.objects.filter(pk__in=wanted)), POSTAGE)
    return goods + sum(amount for share in offer.shares for amount in share.amounts.values())


@retried
def buy(user: Any, wanted: Mapping[str, int], offer: Any, *, at: Any = None) -> Sale:
    """Sell at what was shown, or not at all."""
    with transaction.atomic(durable=True):
        sale = Sale.objects.create(user=user, total=total(user, wanted, offer))
        if gone := promotions.take(offer, user=user, reference=str(sale), at=at or timezone.now()):
            raise Changed(*gone)
    return sale


@retried
def move(sale: Sale, state: str, *, why: str = "") -> None:
    with transaction.atomic():
        Sale.objects.filter(pk=sale.pk).update(state=state)
        if why:
            promotions.give_back(str(sale), why=why)
        else:
            promotions.used(str(sale))
