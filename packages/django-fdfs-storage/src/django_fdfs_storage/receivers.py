"""Delete files that rows let go of, for storages with `delete_orphans`."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.db import models, transaction
from django.db.models.signals import post_save, pre_delete, pre_save

from .exceptions import FastDFSError, NoSuchFile
from .references import all_columns, file_fields, site_columns, stored_fields
from .storage import FastDFSStorage

logger: logging.Logger = logging.getLogger(__name__)
_BEFORE = "_fdfs_files_before"


def connect(models_of_the_site: Iterable[type[models.Model]]) -> None:
    """Listen to the models that have files.

    Not to all: a model that somebody listens to loses Django's fast deletion.
    """
    for model in models_of_the_site:
        if file_fields(model):
            pre_save.connect(remember, sender=model, dispatch_uid="fdfs.remember")
            post_save.connect(delete_replaced, sender=model, dispatch_uid="fdfs.delete_replaced")
            pre_delete.connect(delete_orphaned, sender=model, dispatch_uid="fdfs.delete_orphaned")


def _fields(model: type[models.Model]) -> list[tuple[str, FastDFSStorage]]:
    return [(field.attname, storage) for field, storage in stored_fields(model) if storage.options.delete_orphans]


def remember(
    sender: type[models.Model],
    instance: models.Model,
    raw: bool = False,
    using: str | None = None,
    update_fields: frozenset[str] | None = None,
    **_: Any,
) -> None:
    """Before a save: which files the row refers to now. Others send this signal too, with less than Django."""
    names = [name for name, _storage in _fields(sender) if update_fields is None or name in update_fields]
    row = None
    if names and not raw and not instance._state.adding:
        row = sender._base_manager.using(using).filter(pk=instance.pk).values(*names).first()
    instance.__dict__[_BEFORE] = row or {}


def delete_replaced(sender: type[models.Model], instance: models.Model, using: str | None = None, **_: Any) -> None:
    """After a save: let go of the files that the row referred to before."""
    before = instance.__dict__.pop(_BEFORE, {})
    for name, storage in _fields(sender):
        old = before.get(name)
        if old and old != str(getattr(instance, name)):
            transaction.on_commit(_deletion(storage, old), using=using, robust=True)


def delete_orphaned(sender: type[models.Model], instance: models.Model, using: str | None = None, **_: Any) -> None:
    """Before a deletion, while a deferred name can still be read: let go of the row's files."""
    for name, storage in _fields(sender):
        if old := str(getattr(instance, name) or ""):
            transaction.on_commit(_deletion(storage, old), using=using, robust=True)


def _deletion(storage: FastDFSStorage, name: str) -> Callable[[], None]:
    # Not a partial: Django asks a callback that fails for its __qualname__, and a partial has none.
    return lambda: delete_unless_referred(storage, name)


def delete_unless_referred(storage: FastDFSStorage, name: str) -> None:
    """Delete a file that no column of the site refers to; one that stays is left to fdfs_gc."""
    spellings, columns = {name}, site_columns() if storage.named else all_columns()
    if storage.named:
        with suppress(NoSuchFile):
            spellings.add(storage.file_id(name))  # its `url` has it, so a text may
    if any(column.holds(each) for column in columns for each in spellings):
        return
    try:
        storage.delete(name)
    except FastDFSError as error:
        logger.warning("%s is no longer used and could not be deleted: %s", name, error)
