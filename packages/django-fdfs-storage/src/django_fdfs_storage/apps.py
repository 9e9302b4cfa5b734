from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FDFSStorageConfig(AppConfig):
    """System checks and commands; the storage itself works without being installed as an app."""

    name = "django_fdfs_storage"
    verbose_name = _("FastDFS storage")
    default_auto_field = "django.db.models.BigAutoField"
