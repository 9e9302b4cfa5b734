"""What an account has in mind: its favourites, and what it waits for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ..models import SKU, Wish, pk_of
from .cards import Card, cards


@dataclass(frozen=True, slots=True)
class Wished:
    """A wish and its goods as they are now; `on_sale` is whether they have a page."""

    pk: int
    kind: str
    card: Card
    on_sale: bool


def wishes_of(user: Any, kind: str) -> QuerySet[Wish]:
    """The wishes of one kind, the latest first."""
    return Wish.objects.filter(user=user, kind=kind).order_by("-pk")


def wished(wishes: Iterable[Wish]) -> list[Wished]:
    """The wishes with their cards, in the order given."""
    rows = list(wishes)
    skus = SKU.objects.filter(pk__in=[row.sku_id for row in rows]).select_related("type").in_bulk()
    shown = {card.sku_id: card for card in cards(skus.values(), ratings={})}
    return [Wished(row.pk, row.kind, shown[str(row.sku_id)], skus[row.sku_id].on_sale) for row in rows]


def wished_kinds(user: Any, sku_id: str) -> list[str]:
    """Which wishes the account has for one SKU."""
    pk = pk_of(sku_id)
    return [] if pk is None else list(Wish.objects.filter(user=user, sku_id=pk).values_list("kind", flat=True))


def awaited_of(user: Any) -> set[str]:
    """The SKUs that the account is told of when they are back."""
    return {str(pk) for pk in wishes_of(user, Wish.Kind.BACK).values_list("sku_id", flat=True)}
