"""What the site writes to sell with windows: an order code of its own."""

from dataclasses import dataclass
from typing import Any

from dailyfresh_core.retrying import retried
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
