from django.apps import AppConfig
from django.core.checks import register


class DeployConfig(AppConfig):
    name = "deploy"
    verbose_name = "Deployment"

    def ready(self) -> None:
        from .checks import check_redis, check_switches

        register(check_switches)
        register(check_redis, deploy=True)
