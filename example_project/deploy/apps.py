from django.apps import AppConfig


class DeployConfig(AppConfig):
    name = "deploy"
    verbose_name = "Deployment"

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers them
