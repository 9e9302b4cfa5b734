"""Which storages a command works on."""

import os
from collections.abc import Iterator
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, InvalidStorageError, Storage, storages
from django.core.management.base import CommandError

from ..storage import FastDFSStorage

Kind = TypeVar("Kind", bound=FastDFSStorage)


def fastdfs_storage(alias: str, kind: type[Kind]) -> Kind:
    """The FastDFS storage of this kind with this alias of STORAGES."""
    if alias not in settings.STORAGES:
        raise CommandError(f"STORAGES has no {alias!r}.")
    storage = any_storage(alias, None)
    if not isinstance(storage, kind):
        raise CommandError(f"The storage {alias!r} does not keep its files in FastDFS: it is no {kind.__name__}.")
    return storage


def any_storage(alias: str | None, directory: str | None) -> Storage:
    """The storage with this alias of STORAGES, or the files in a directory."""
    if directory is not None:
        if not os.path.isdir(directory):
            raise CommandError(f"{directory} is no directory.")
        return FileSystemStorage(location=directory)
    try:
        return storages[str(alias)]
    except (InvalidStorageError, ImproperlyConfigured) as error:
        raise CommandError(str(error)) from error


def all_names(storage: Storage, folder: str = "") -> Iterator[str]:
    """The names of all files of a storage that can list its folders."""
    folders, files = storage.listdir(folder)
    yield from (os.path.join(folder, name) for name in sorted(files))
    for name in sorted(folders):
        yield from all_names(storage, os.path.join(folder, name))
