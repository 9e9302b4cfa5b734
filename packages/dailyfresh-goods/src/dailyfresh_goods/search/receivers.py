"""What follows a change.

A change of the catalogue becomes rows, in the transaction of the change; the drain is woken when it has committed. A search
that is pinned or blocked, or for which goods are, moves what is shown of them.
"""

from typing import Any

from dailyfresh_core.background.waking import wake
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from ..conf import conf
from ..models import StaleDocument
from ..pages.cache import invalidate
from ..signals import goods_changed
from .models import Pick, PopularSearch
from .popular import GROUP
from .tasks import drain_documents


@receiver(goods_changed, dispatch_uid="dailyfresh_search.mark_stale")
def mark_stale(sku_ids: list[int], **_: Any) -> None:
    """Marks the documents of `sku_ids` as stale."""
    StaleDocument.objects.bulk_create(StaleDocument(sku_id=sku_id) for sku_id in dict.fromkeys(sku_ids))
    wake(drain_documents, tasks=conf.TASKS)


@receiver([post_save, post_delete], sender=PopularSearch, dispatch_uid="dailyfresh_search.show_popular")
@receiver([post_save, post_delete], sender=Pick, dispatch_uid="dailyfresh_search.show_picked")
def show_popular(using: str, **_: Any) -> None:
    """Outdates the popular searches and all suggestions; without the cache they are a minute old at most, so a failure is logged alone."""
    transaction.on_commit(lambda: invalidate([GROUP]), using=using, robust=True)
