import re
from types import SimpleNamespace

from dailyfresh_orders.models import Order
from dailyfresh_orders.signals import order_moved
from django.dispatch import receiver

from .models import Download

UUID_TEXT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Catalogue:
    def find(self, sku_ids):
        wanted = {sku_id for sku_id in sku_ids if UUID_TEXT.fullmatch(sku_id)}
        return {str(row.pk): self.purchasable(row) for row in Download.objects.filter(pk__in=wanted)}

    def purchasable(self, row):
        return SimpleNamespace(
            sku_id=str(row.pk), name=row.name, unit_price=row.price, unit="MP3", image_name="", image_url="",
            url=f"/songs/{row.pk}/", on_sale=True, available=None, limit=None, requires_shipping=False,
        )  # fmt: skip


@receiver(order_moved, dispatch_uid="downloads of an order")
def paid(sender, *, order_id, was, became, **kwargs):
    if became == Order.State.RECEIVED:
        order = Order.objects.get(pk=order_id)
        order.user.downloads.add(*[line.sku_id for line in order.lines.all()])
