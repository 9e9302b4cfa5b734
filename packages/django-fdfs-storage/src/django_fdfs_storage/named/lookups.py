"""Questions to the table of named files: what a name stands for, and what is in a folder."""

import posixpath
import re
from collections.abc import Iterator
from datetime import datetime
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db import connections
from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Concat, StrIndex, Substr
from django.utils import timezone

from ..files import Measured
from ..names import is_file_id
from .models import StoredFile
from .outcomes import is_changing, remembered

# So many names are remembered in a process.
_REMEMBERED = 10_000
_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")


def full_name(location: str, name: str) -> str:
    """The name in the table.

    SuspiciousFileOperation when it would leave the location, is taken for a file id, or holds what no database keeps:
    a NUL (PostgreSQL) or half a surrogate pair.
    """
    name = str(name).replace("\\", "/")
    if _UNKEPT.search(name):
        raise SuspiciousFileOperation(f"{name!r} is no name")
    if ".." in name.split("/"):
        raise SuspiciousFileOperation(f"{name!r} leads out of the storage")
    path = posixpath.normpath("/" + name).lstrip("/")
    if is_file_id(path):
        raise SuspiciousFileOperation(f"{name!r} has the form of a file id")
    return posixpath.join(location.strip("/"), path) if location else path


def remembered_id(using: str, name: str) -> str | None:
    """The file id behind a name, as this process learned it some seconds ago.

    What an open transaction did to the name is remembered by nobody.
    """
    deadline, file_id = remembered.get((using, name), (0.0, ""))
    return file_id if deadline > monotonic() and not is_changing(using, name) else None


def file_id_of(rows: "QuerySet[StoredFile]", name: str, seconds: float) -> str | None:
    """The file id behind a name, to be remembered for some seconds; None when nothing has the name."""
    found = rows.filter(name=name).values_list("file_id", flat=True).first()
    if found and seconds and not is_changing(rows.db, name):
        if len(remembered) >= _REMEMBERED:
            remembered.clear()
        remembered[rows.db, name] = (monotonic() + seconds, found)
    return found


def row_with(rows: "QuerySet[StoredFile]", chunks: Measured) -> StoredFile | None:
    """A named file that has this content already, which is drawn once for it."""
    chunks.drawn()
    return rows.filter(sha256=chunks.sha256, size=chunks.length, name__isnull=False).first()


def locked(rows: "QuerySet[StoredFile]", **which: Any) -> StoredFile | None:
    """A row as it is now, which nobody else changes before the open transaction ends."""
    if not connections[rows.db].features.has_select_for_update:
        # SQLite waits for its lock at the first write of a transaction, but not after a read.
        rows.filter(**which).update(size=F("size"))
    return rows.select_for_update().filter(**which).first()


def walk(rows: "QuerySet[StoredFile]", prefix: str) -> Iterator[str]:
    """Every name that begins so, without its beginning; SQLite knows no case in LIKE, so each is looked at."""
    names = rows.filter(name__isnull=False, name__startswith=prefix).values_list("name", flat=True)
    return (str(name)[len(prefix) :] for name in names.iterator() if str(name).startswith(prefix))


def listdir(rows: "QuerySet[StoredFile]", folder: str) -> tuple[list[str], list[str]]:
    """The folders and the files in a folder, by one statement: the database takes the folders' first parts."""
    inside = rows.filter(name__isnull=False)
    below = Value("")
    if folder:
        inside = inside.filter(folder=folder) | inside.filter(folder__startswith=f"{folder}/")
    rest = Concat(Substr("folder", len(folder) + (2 if folder else 1)), Value("/"), output_field=CharField())
    entries = inside.annotate(
        head=Substr("folder", 1, len(folder)) if folder else below,
        subfolder=Substr(rest, 1, StrIndex(rest, Value("/")) - 1),
        file=Case(When(folder=folder, then=F("name")), default=below, output_field=CharField()),
    )
    # SQLite knows no case in LIKE: the head of each folder has to be looked at.
    found = entries.order_by().values_list("head", "subfolder", "file").distinct()
    folders, files = set(), []
    for head, subfolder, file in found:
        if head == folder:
            if file:
                files.append(file.rpartition("/")[2])
            else:
                folders.add(subfolder)
    return sorted(folders), sorted(files)


def local(moment: datetime) -> datetime:
    """The moment as Django's storages give it: aware only with USE_TZ."""
    if timezone.is_aware(moment) == settings.USE_TZ:
        return moment
    return timezone.make_aware(moment) if settings.USE_TZ else timezone.make_naive(moment)
