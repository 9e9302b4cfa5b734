"""The site of easy-thumbnails' own suite, with our storage as its default."""

from easy_thumbnails.tests.settings import *  # noqa: F403
from easy_thumbnails.tests.settings import INSTALLED_APPS as THEIRS
from easy_thumbnails.tests.settings import STORAGES as THEIR_STORAGES
from shelf.settings import BACKENDS, FDFS_STORAGE, MODE

__all__ = ["FDFS_STORAGE"]
INSTALLED_APPS = [*THEIRS, "django_fdfs_storage", "django_fdfs_storage.named"]
STORAGES = {**THEIR_STORAGES, "default": BACKENDS[MODE], "easy_thumbnails": BACKENDS[MODE]}
