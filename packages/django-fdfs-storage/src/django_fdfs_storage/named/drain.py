"""Delete the files of FastDFS that no row stands for any longer."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from time import monotonic

from django.db import connections
from django.db.models import QuerySet
from django.utils import timezone

from ..client import Engine
from ..exceptions import FastDFSError, NoStorageAvailable, NoSuchFile, Refused
from .models import StoredFile

logger: logging.Logger = logging.getLogger(__name__)
# So long a group of a cluster that did not answer is left alone.
PAUSE_SECONDS = 10.0
_pauses: dict[tuple[Engine, str], float] = {}
# So long a row steps back whose file could not be deleted, behind those that can be.
PUT_OFF = timedelta(minutes=10)


def drain(rows: "QuerySet[StoredFile]", engine: Engine, *, limit: int = 1000) -> int:
    """Delete up to `limit` files that are due, and their rows; the number of rows.

    Runs often and anywhere: what two processes do at once is done, and what fails is put off. In an
    open transaction it does nothing, for what that let go of may come back by its rollback.
    """
    if connections[rows.db].in_atomic_block:
        return 0
    listed = list(due(rows).order_by("delete_after")[:limit])
    if not listed:
        return 0
    settled = dispose(rows, engine, {row.file_id for row in listed})
    done = [row.pk for row in listed if row.file_id in settled]
    rows.filter(pk__in=done).delete()
    left = {row.pk for row in listed}.difference(done)
    if left:
        rows.filter(pk__in=left).update(delete_after=timezone.now() + PUT_OFF)
    return len(done)


def due(rows: "QuerySet[StoredFile]") -> "QuerySet[StoredFile]":
    """The rows whose files are to be deleted now."""
    return rows.filter(delete_after__lte=timezone.now())


def dispose(rows: "QuerySet[StoredFile]", engine: Engine, file_ids: Iterable[str]) -> set[str]:
    """Delete those of the files that no row stands for, by name or until it is due; the ids that are settled.

    Where a server does not answer, the rest of its group waits for another time.
    """
    file_ids = set(file_ids)
    standing = rows.filter(file_id__in=file_ids).exclude(delete_after__lte=timezone.now())
    settled = set(standing.values_list("file_id", flat=True))
    for file_id in file_ids - settled:
        if not is_paused(engine, file_id) and _is_deleted(engine, file_id):
            settled.add(file_id)
    return settled


def is_paused(engine: Engine, file_id: str) -> bool:
    """Whether the group of the file did not answer just now."""
    return _pauses.get((engine, _group(file_id)), 0.0) > monotonic()


def _is_deleted(engine: Engine, file_id: str) -> bool:
    try:
        engine.delete(file_id)
    except NoSuchFile:
        return True
    except FastDFSError as error:
        logger.warning("%s is used no longer and could not be deleted: %s", file_id, error)
        # These two are answers, which cost no time; all others may have cost a timeout.
        if not isinstance(error, Refused | NoStorageAvailable):
            _pauses[engine, _group(file_id)] = monotonic() + PAUSE_SECONDS
        return False
    return True


def _group(file_id: str) -> str:
    return file_id.partition("/")[0]
