from django.apps import AppConfig


class CoreConfig(AppConfig):
    name: str = "dailyfresh_core"
    verbose_name: str = "DailyFresh"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - checks register themselves
