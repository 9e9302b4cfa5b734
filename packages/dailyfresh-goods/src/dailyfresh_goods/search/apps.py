from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "dailyfresh_goods.search"
    label = "dailyfresh_search"
    verbose_name = _("Goods search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        try:
            from . import checks, receivers  # noqa: F401
        except ModuleNotFoundError as error:
            text = f'"dailyfresh_goods.search" needs an extra ({error.name} is missing): pip install "dailyfresh-goods[search]"'
            raise ImproperlyConfigured(text) from error
