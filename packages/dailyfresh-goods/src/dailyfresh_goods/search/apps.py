from importlib.util import find_spec
from typing import Any

from dailyfresh_core.loading import import_early
from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "dailyfresh_goods.search"
    label = "dailyfresh_search"
    verbose_name = _("Goods search")
    default_auto_field = "django.db.models.BigAutoField"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        if (
            find_spec("haystack") is None
        ):  # the next of INSTALLED_APPS, which Django would miss without a word of where it comes from
            raise lacking("haystack")

    def ready(self) -> None:
        try:
            from . import checks, receivers  # noqa: F401
        except ModuleNotFoundError as error:
            raise lacking(error.name) from error
        import_early(getattr(settings, "HAYSTACK_CONNECTIONS", None))


def lacking(module: str | None) -> ImproperlyConfigured:
    text = f'"dailyfresh_goods.search" needs an extra ({module} is missing): pip install "dailyfresh-goods[search]"'
    return ImproperlyConfigured(text)
