"""A change of the catalogue becomes rows, in the transaction of the change; the drain is woken when it has committed."""

from typing import Any

from dailyfresh_core.waking import wake
from django.dispatch import receiver

from ..conf import conf
from ..models import StaleDocument
from ..signals import goods_changed
from .tasks import drain_documents


@receiver(goods_changed, dispatch_uid="dailyfresh_search.mark_stale")
def mark_stale(sku_ids: list[int], **_: Any) -> None:
    """Marks the documents of `sku_ids` as stale."""
    StaleDocument.objects.bulk_create(StaleDocument(sku_id=sku_id) for sku_id in dict.fromkeys(sku_ids))
    wake(drain_documents, tasks=conf.TASKS)
