from django.apps import AppConfig
from django.conf import settings


class CoreConfig(AppConfig):
    name: str = "dailyfresh_core"
    verbose_name: str = "DailyFresh"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - checks register themselves
        from .loading import import_early

        import_early(settings.CACHES)
        for name in dir(settings):
            if name.startswith("DAILYFRESH"):
                import_early(getattr(settings, name))
