"""What stands on the demo's shelves in batches, some of which end soon."""

from datetime import timedelta

from dailyfresh_goods.models import SKU
from dailyfresh_orders.days import today
from dailyfresh_orders.fulfilment.batches import receive_batch
from dailyfresh_orders.fulfilment.models import Batch
from dailyfresh_orders.models import Order, OrderLine
from django.db import transaction

GOODS = 12


@transaction.atomic
def load_batches() -> bool:
    """The stock of some chilled goods that nobody waits for, in two batches each; False when there are batches already."""
    if Batch.objects.exists():
        return False
    day = today()
    states = (Order.State.AWAITING_PAYMENT, Order.State.CANCELLING, Order.State.TO_SHIP)
    waited_for = set(OrderLine.objects.filter(order__state__in=states).values_list("sku_id", flat=True))
    kept = SKU.objects.filter(storage=SKU.Storage.CHILLED, on_sale=True, stock__gte=40).order_by("pk")
    for number, sku in enumerate([each for each in kept if str(each.pk) not in waited_for][:GOODS]):
        first, stock = sku.stock // 4, sku.stock
        SKU.objects.filter(pk=sku.pk).update(stock=0)
        for quantity, days in ((first, number % 5), (stock - first, 6 + number % 4)):
            ends = day + timedelta(days=days)
            receive_batch(sku_id=str(sku.pk), code=f"{ends:%m%d}-{number + 1:02}", quantity=quantity, best_before=ends)
    return True
