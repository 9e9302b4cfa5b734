"""Batches: taken in with their last good day, packed the first to end first, thrown away. Locked after the order and before the stock."""

import logging
from collections.abc import Iterable, Mapping
from datetime import date

from dailyfresh_core.days import local
from dailyfresh_core.db.retrying import retried
from django.db import transaction
from django.db.models import F, Sum

from ..conf import conf
from ..days import today
from ..models import Order, OrderLine
from ..services import open_of
from ..signals import stock_changed
from ..stock import stock
from .batch_choice import first_out
from .models import Batch, Pick, PickedBatch, Picking

logger: logging.Logger = logging.getLogger(__name__)


@retried
@transaction.atomic
def receive_batch(*, sku_id: str, code: str, quantity: int, best_before: date | None = None) -> Batch:
    """Take a batch in: so much more is in stock. The same code again is IntegrityError, and nothing is added."""
    made = Batch.objects.create(sku_id=sku_id, code=code, best_before=best_before, received=quantity, left=quantity)
    _stock(sku_id, quantity)
    return made


@retried
@transaction.atomic
def scrap_batch(*, batch_id: int) -> int:
    """Throw away what is left of a batch; gives how much. What of it was sold already is short when it is packed."""
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    left, batch.left = batch.left, 0
    batch.save(update_fields=["left"])
    if left:
        _stock(batch.sku_id, -left)
    return left


def _stock(sku_id: str, quantity: int) -> None:
    if conf.STOCK is not None:
        stock_changed.send(Order, sku_ids=[sku_id])
        stock().add({sku_id: quantity})


def used_of(picks: Mapping[tuple[int, str], Pick]) -> dict[str, int]:
    """sku_id -> what leaves the shelf with a box: what lies in it, and what is gone and written off."""
    used: dict[str, int] = {}
    for (_line, sku_id), each in picks.items():
        n = each.quantity
        if not sku_id and each.gone:
            n = max(n, open_of([each.line]).get(each.line_id, 0))
        name = sku_id or each.line.sku_id
        used[name] = used.get(name, 0) + n
    return used


def take_batches(picking: Picking, order: Order, used: Mapping[str, int]) -> None:
    """Take sku_id -> quantity off the batches, the first to end first: in the transaction of a locked order, before its stock.

    What no batch has is passed over: a SKU without batches has none, and of one with batches the log tells.
    """
    rows = Batch.objects.select_for_update().filter(sku_id__in=[sku_id for sku_id, n in used.items() if n], left__gt=0)
    there = list(rows.order_by("pk"))
    picked: list[PickedBatch] = []
    for sku_id, quantity in used.items():
        mine = [each for each in there if each.sku_id == sku_id]
        found, short = first_out(mine, quantity, day=day_of(order), days=conf.GOOD_DAYS)
        if short:  # what ends too soon went into the box all the same, or the books were wrong before
            rest = [each for each in mine if each not in [batch for batch, _n in found]]
            more, short = first_out(rest, short, day=date.min)
            found += more
        if short and mine:
            logger.warning("Batches of %s hold %s less than was packed: order %s", sku_id, short, order)
        picked += [PickedBatch(picking=picking, batch=batch, quantity=n) for batch, n in found]
    for each in picked:
        Batch.objects.filter(pk=each.batch_id).update(left=F("left") - each.quantity)
    PickedBatch.objects.bulk_create(picked)


def day_of(order: Order) -> date:
    """The day on which an order is delivered."""
    return local(order.window_starts).date() if order.window_starts else today()


def suggested(order: Order, wanted: Mapping[str, int]) -> dict[str, list[tuple[Batch, int]]]:
    """sku_id -> which batches to take it from, for the picker; nothing for SKUs without batches. One statement."""
    there: dict[str, list[Batch]] = {}
    for batch in Batch.objects.filter(sku_id__in=list(wanted), left__gt=0):
        there.setdefault(batch.sku_id, []).append(batch)
    day = day_of(order)
    return {sku_id: first_out(mine, wanted[sku_id], day=day, days=conf.GOOD_DAYS)[0] for sku_id, mine in there.items()}


def out_of_step() -> list[tuple[str, int, int]]:
    """(sku_id, what its batches have, what they should have) of every SKU with batches where the two differ: stock, and what is sold but not packed."""
    if conf.STOCK is None:
        return []
    have = dict(Batch.objects.values_list("sku_id").annotate(n=Sum("left")).order_by("sku_id"))
    left = stock().left(have)
    sold = _unpacked(have)
    return [
        (sku_id, n, (left.get(sku_id) or 0) + sold.get(sku_id, 0))
        for sku_id, n in have.items()
        if n != (left.get(sku_id) or 0) + sold.get(sku_id, 0)
    ]


def _unpacked(sku_ids: Iterable[str]) -> dict[str, int]:
    states = (Order.State.AWAITING_PAYMENT, Order.State.CANCELLING, Order.State.TO_SHIP)
    lines = OrderLine.objects.filter(
        order__state__in=states, order__settled_at=None, counted=True, sku_id__in=list(sku_ids)
    )
    return dict(lines.order_by().values_list("sku_id").annotate(n=Sum(F("quantity") - F("restocked"))))
