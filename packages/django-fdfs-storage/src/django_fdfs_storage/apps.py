from django.apps import AppConfig, apps


class FDFSStorageConfig(AppConfig):
    """System checks, commands and the deletion of orphans; the storage works without it."""

    name: str = "django_fdfs_storage"
    verbose_name: str = "FastDFS"
    default_auto_field: str = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks and listen to models."""
        from . import checks, receivers  # noqa: F401 - importing registers the checks

        receivers.connect(apps.get_models(include_auto_created=True))
