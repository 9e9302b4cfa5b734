from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StoreConfig(AppConfig):
    name = "store"
    verbose_name = _("Store")

    def ready(self) -> None:
        from celery.signals import worker_process_init
        from celery_tasks.tasks import app  # noqa: F401 - tasks are sent by the site's Celery app in every process

        from . import receivers  # noqa: F401
        from .tracing import begin

        worker_process_init.connect(begin)  # after the fork: what sends the traces is a thread
