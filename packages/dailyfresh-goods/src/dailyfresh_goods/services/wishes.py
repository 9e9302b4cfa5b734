"""Favourites, and telling who waits that something is back."""

from typing import Any

from dailyfresh_core.db.retrying import retried
from django.db import transaction
from django.utils import translation

from ..conf import conf
from ..exceptions import Absent, TooManyWishes
from ..models import SKU, Band, Wish, pk_of
from ..signals import back_in_stock

PEOPLE = 500
"""Who is told in one transaction."""


@retried
def make_wish(*, user: Any, kind: str, sku_id: str) -> None:
    """Have the SKU among the account's wishes; that it was there already is no error.

    Raises Absent for an unknown SKU, TooManyWishes beyond the setting WISHES: two at once may pass it by one.
    """
    pk = pk_of(sku_id)
    if pk is None or not SKU.objects.filter(pk=pk).exists():
        raise Absent
    others = Wish.objects.filter(user=user, kind=kind).exclude(sku_id=pk)
    if others.count() >= conf.WISHES:
        raise TooManyWishes
    Wish.objects.get_or_create(user=user, kind=kind, sku_id=pk, defaults={"language": translation.get_language()})


def drop_wish(*, user: Any, kind: str, sku_id: str) -> None:
    """Take the SKU off the account's wishes, if it is there."""
    if (pk := pk_of(sku_id)) is not None:
        Wish.objects.filter(user=user, kind=kind, sku_id=pk).delete()


def tell_of_returns() -> int:
    """Send `back_in_stock` for whoever waits for what can be bought again, each once; gives how many people.

    A wish is the row that waits: it goes in the transaction in which the site hears of it. Where nobody listens they stay.
    """
    told = 0
    while back_in_stock.has_listeners():
        waiting = Wish.objects.filter(kind=Wish.Kind.BACK, sku__on_sale=True, sku__band__gt=Band.SOLD_OUT)
        sku = SKU.objects.filter(pk__in=waiting.values("sku_id")).order_by("pk").first()
        if sku is None:
            break
        told += _tell(sku)
    return told


@retried
@transaction.atomic
def _tell(sku: SKU) -> int:
    rows = Wish.objects.select_for_update().filter(kind=Wish.Kind.BACK, sku=sku).order_by("pk")[:PEOPLE]
    people = {row.user_id: row.language for row in rows}
    if people:
        Wish.objects.filter(kind=Wish.Kind.BACK, sku=sku, user_id__in=people).delete()
        for language in dict.fromkeys(people.values()):
            with translation.override(language or None):
                name = f"{sku.said.name} {sku.said.unit}"
            those = {pk: code for pk, code in people.items() if code == language}
            back_in_stock.send(SKU, sku_id=str(sku.pk), name=name, people=those)
    return len(people)
