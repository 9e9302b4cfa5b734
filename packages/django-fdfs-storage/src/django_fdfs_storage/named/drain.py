"""Delete the files of FastDFS that no name stands for any longer."""

import logging

from django.db.models import QuerySet
from django.utils import timezone

from ..client import Engine
from ..exceptions import FastDFSError, NoSuchFile
from .models import StoredFile

logger: logging.Logger = logging.getLogger(__name__)


def drain(rows: "QuerySet[StoredFile]", engine: Engine, *, limit: int = 1000) -> int:
    """Delete up to `limit` files that are due, and their rows; the number of rows.

    Runs often and anywhere: what two processes do at once is done, and what fails stays for the next time.
    """
    due = list(rows.filter(delete_after__lte=timezone.now()).order_by("delete_after")[:limit])
    if not due:
        return 0
    file_ids = [row.file_id for row in due]
    # Content that is stored once may have several names.
    named = set(rows.filter(file_id__in=file_ids, name__isnull=False).values_list("file_id", flat=True))
    done = [row.pk for row in due if row.file_id in named or _is_deleted(engine, row.file_id)]
    rows.filter(pk__in=done).delete()
    return len(done)


def _is_deleted(engine: Engine, file_id: str) -> bool:
    try:
        engine.delete(file_id)
    except NoSuchFile:
        return True
    except FastDFSError as error:
        logger.warning("%s has no name any longer and could not be deleted: %s", file_id, error)
        return False
    return True
