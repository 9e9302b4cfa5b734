from django.apps import AppConfig


class NamedFilesConfig(AppConfig):
    """The table of named files."""

    name: str = "django_fdfs_storage.named"
    label = "fdfs_named"
    verbose_name: str = "FastDFS, named files"
    default_auto_field: str = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Throw away what rolled-back transactions left, at the latest when a request is over."""
        from django.core.signals import request_finished

        from .outcomes import throw_away

        request_finished.connect(throw_away, dispatch_uid="fdfs_named.throw_away")
