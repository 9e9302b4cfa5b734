"""The store's own drain."""

from celery import shared_task
from dailyfresh_goods.services import refresh_bands


@shared_task(ignore_result=True)
def heal_bands() -> None:
    """Sets bands that do not fit their stock: what `receivers.mark_stock` does after a commit, where a process died first."""
    refresh_bands()
