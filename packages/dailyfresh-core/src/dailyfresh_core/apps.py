from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "dailyfresh_core"
    verbose_name = "DailyFresh"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - checks register themselves
