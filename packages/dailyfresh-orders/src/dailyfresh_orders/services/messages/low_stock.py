"""Telling staff what is nearly sold out: once, until there was more of it again."""

from collections.abc import Mapping

from dailyfresh_core.db.retrying import retried
from dailyfresh_core.pricing.measures import spoken
from django.db import IntegrityError, transaction

from ...conf import conf
from ...models import LowStock, Message
from ...stock import stock
from .telling import tell

AT_MOST = 500
"""Goods that one look names; the rest follows when these have been told of."""


def tell_low_stock() -> int:
    """Compare what is nearly sold out with what staff were told of; gives how many goods are new among it."""
    if conf.STOCK is None:
        return 0
    low = stock().low_by_id(conf.LOW_STOCK)
    try:
        return _tell(low)
    except IntegrityError:
        return 0  # another worker told of one of them meanwhile; what it did not tell of, the next look does


@retried
@transaction.atomic
def _tell(low: Mapping[str, tuple[str, int]]) -> int:
    told = set(LowStock.objects.select_for_update().values_list("sku_id", flat=True))
    LowStock.objects.filter(sku_id__in=told - low.keys()).delete()
    fresh = [sku_id for sku_id in low if sku_id not in told][:AT_MOST]
    if fresh:
        LowStock.objects.bulk_create(LowStock(sku_id=sku_id) for sku_id in fresh)
        note = "\n".join(f"{low[sku_id][0]}: {spoken(low[sku_id][1])}" for sku_id in fresh)
        tell(Message.Event.LOW_STOCK, note=note)
    return len(fresh)
