"""The site of Wagtail's own suites, with our storage as its default."""

from shelf.settings import BACKENDS, FDFS_STORAGE, MODE
from wagtail.test.settings import *  # noqa: F403
from wagtail.test.settings import INSTALLED_APPS as THEIRS
from wagtail.test.settings import STORAGES as THEIR_STORAGES

__all__ = ["FDFS_STORAGE"]
INSTALLED_APPS = [*THEIRS, "django_fdfs_storage", "django_fdfs_storage.named"]
STORAGES = {**THEIR_STORAGES, "default": BACKENDS[MODE]}
# Where a storage has no paths Wagtail would redirect to a document's URL; its tests are of its own view.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
