"""What the site writes to sell with windows: an order code of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dailyfresh_core.db.retrying import retried
from dailyfresh_delivery.windows import Delivery
from django.db import transaction
from django.utils import timezone

from .models import Sale

delivery = Delivery()


class Taken(Exception):
    """Somebody had the last place, or the window closed; nothing was sold."""


@dataclass(frozen=True)
class Address:
    district_code: str
    province_code: str = ""


def windows(district_code: str, *, grams: int = 1000, at: Any = None) -> Any:
    return delivery.choices(address=Address(district_code), grams=grams, at=at or timezone.now())


@retried
def buy(window: str, *, name: str = "林晓禾", code: str = "110108", grams: int = 1000, at: Any = None) -> Sale:
    """Sell with a place in a window, or not at all."""
    with transaction.atomic(durable=True):
        sale = Sale.objects.create(name=name, district_code=code)
        if not delivery.take(window, reference=str(sale), grams=grams, at=at or timezone.now()):
            raise Taken
    return sale


@retried
def cancel(sale: Sale) -> None:
    with transaction.atomic():
        Sale.objects.filter(pk=sale.pk).update(state="cancelled")
        delivery.give_back(str(sale))


@retried
def move(sale: Sale, window: str, *, at: Any = None) -> bool:
    with transaction.atomic():
        return delivery.move(str(sale), window, at=at or timezone.now())


@dataclass(frozen=True)
class Carried:
    receiver: str
    phone: str = "13800138000"
    address: str = "中关村大街 27 号"
    note: str = "leave it at the door"
    state: str = "packed"
    collect: Decimal = Decimal("12.50")
    url: str = "/sales/"


class Orders:
    """The site's orders, for the calendar and the board."""

    def find(self, references: Sequence[str]) -> dict[str, Carried]:
        return {str(sale): Carried(sale.name) for sale in Sale.objects.all() if str(sale) in references}

    def move(self, reference: str, window: str, *, by: Any) -> str:
        with transaction.atomic(durable=True):
            return "" if delivery.move(reference, window, at=timezone.now()) else "It stays."


class AddressBook:
    """The one address that everybody has who is signed in."""

    def choices(self, user: Any) -> list[Address]:
        return [Address("110108")]
