from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FulfilmentConfig(AppConfig):
    name = "dailyfresh_orders.fulfilment"
    label = "dailyfresh_fulfilment"
    verbose_name = _("Packing")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers

        receivers.connect()
