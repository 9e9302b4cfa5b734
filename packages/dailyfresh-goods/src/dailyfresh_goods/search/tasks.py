"""The drain: the one writer of the index."""

from dailyfresh_core.background.waking import celery_is_installed, task, tasks_run_inline, wake

from ..conf import conf
from ..models import StaleDocument
from .indexing import drain
from .words.segmentation import segmenter

SECONDS = 3
"""A task that takes long is delivered again by brokers such as Redis, while it goes on, and what is quick waits behind it."""


@task(name="dailyfresh_search.drain_documents", ignore_result=True)
def drain_documents() -> None:
    """Brings marked documents up to date; woken after a commit and by beat, safe to run at any time and place.

    In a worker it ends after SECONDS, and wakes the next one if it has left something; without one nobody would come.
    """
    if tasks_run_inline(conf.TASKS):
        drain()
    elif drain(seconds=SECONDS) and StaleDocument.objects.filter(host=conf.HOST_NAME).exists():
        wake(drain_documents, tasks=conf.TASKS)
    # An idle run loads the dictionary, so that the first change does not wait for it.
    segmenter()


def load_dictionary(**_: object) -> None:
    """Loads the dictionary when a worker's process begins."""
    segmenter()


if celery_is_installed():
    from celery.signals import worker_process_init

    worker_process_init.connect(load_dictionary, dispatch_uid="dailyfresh_search.load_dictionary")
