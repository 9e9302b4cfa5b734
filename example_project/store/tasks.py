"""The store's own task."""

from celery import shared_task

from .health import beat


@shared_task(ignore_result=True)
def heartbeat(worker: str = "worker") -> None:
    """Says that beat, the broker and a worker do their work."""
    beat(worker)
