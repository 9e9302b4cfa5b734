"""Which storages a command works on."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import InvalidStorageError, storages
from django.core.management.base import CommandError

from ..storage import FastDFSStorage


def fastdfs_storage(alias: str) -> FastDFSStorage:
    """The FastDFS storage with this alias of STORAGES."""
    if alias not in settings.STORAGES:
        raise CommandError(f"STORAGES has no {alias!r}.")
    try:
        storage = storages[alias]
    except (InvalidStorageError, ImproperlyConfigured) as error:
        raise CommandError(str(error)) from error
    if not isinstance(storage, FastDFSStorage):
        raise CommandError(f"The storage {alias!r} does not keep its files in FastDFS.")
    return storage
