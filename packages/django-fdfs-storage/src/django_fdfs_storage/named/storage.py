"""The storage whose files keep the names that they are saved under."""

import posixpath
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from django.apps import apps
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.db import OperationalError, ProgrammingError, connections, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.deconstruct import deconstructible

from ..client import FastDFSClient
from ..exceptions import NoSuchFile
from ..files import FastDFSFile, Measured, WritableFile
from ..names import extension_of, is_file_id
from . import lookups
from .drain import drain
from .models import StoredFile
from .naming import Names
from .outcomes import ATTEMPTS, reject, repeated, settle, throw_away


@deconstructible(path="django_fdfs_storage.named.storage.NamedFastDFSStorage")
class NamedFastDFSStorage(Names):
    """Keeps files in FastDFS and their names in a table, so that a saved name can be found again.

    Each operation is one statement on one indexed row. What it does to the table belongs to the
    open transaction; the file in FastDFS follows when that has ended. A name that has the form of a
    file id is taken for one, as in the storage without names.
    """

    # -- open and save --

    def _open(self, name: str, mode: str = "rb") -> Any:
        if mode in ("wb", "w", "wt"):
            return WritableFile(self.replace, name, mode)
        if is_file_id(name):
            return super()._open(name, mode)
        self._check_mode(mode)
        row = self._row(name)
        return FastDFSFile(self.engine, name, row.size, mode, file_id=row.file_id)

    def _save(self, name: str, content: "File[Any]") -> str:
        return self._store(name, content, self._upload, overwrite=self.options.allow_overwrite)

    def replace(self, name: str, content: "File[Any]", *, modified: datetime | None = None) -> str:
        """Save under exactly this name, in place of a file that has it."""
        return self._store(name, content, self._upload, overwrite=True, modified=modified)

    def adopt(self, name: str, file_id: str) -> str:
        """Give a file that is in FastDFS already a name; NoSuchFile when it is not there."""
        content = Measured(super()._open(file_id)).drawn()
        return self._keep(name, StoredFile.of(name, file_id, content.length, content.sha256), overwrite=False)

    def save_variant(self, master: str, prefix: str, content: "File[Any]") -> str:
        """Save a variant of a file (a thumbnail) as a slave file beside it: "a.jpg" and "_s" make "a_s.jpg"."""
        root, extension = posixpath.splitext(master)
        master_id = self._row(master).file_id

        def upload(name: str, chunks: Measured) -> str:
            # A new file id each time: who is about to delete that of an earlier variant must not meet this one's.
            mark = f"_{get_random_string(9)}"
            with chunks.spooled() as copy:
                engine = cast(FastDFSClient, self.engine)
                return engine.upload_slave(master_id, mark, copy, size=copy.size, extension=extension_of(name))

        name = f"{root}{prefix}{extension}"
        return self._store(name, content, upload, overwrite=self.options.allow_overwrite)

    def _store(
        self,
        name: str,
        content: "File[Any]",
        upload: Callable[[str, Measured], str],
        *,
        overwrite: bool,
        modified: datetime | None = None,
    ) -> str:
        throw_away()
        self.row_name(name)  # refused before anything is uploaded
        chunks = Measured(content)
        claim = str(getattr(content, "content_type", None) or "")[:255]

        def keep(file_id: str, undo: Callable[[], None] | None = None) -> str:
            row = StoredFile.of(name, file_id, chunks.length, chunks.sha256)
            row.content_type = row.content_type or _type(claim)
            row.modified = modified or row.created
            return self._keep(name, row, overwrite=overwrite, undo=undo)

        if self.options.deduplicate and chunks.rereadable:
            same = lookups.row_with(self.rows, chunks)
            kept = same and repeated(self.using, partial(self._share, same, keep))
            if kept:
                return kept
        uploaded = upload(name, chunks)
        undo = partial(reject, self.using, self.engine, uploaded)
        try:
            # A transaction of our own may be repeated with the same file.
            return keep(uploaded, undo if connections[self.using].in_atomic_block else None)
        except BaseException:
            undo()
            raise

    def _share(self, same: StoredFile, keep: Callable[[str], str]) -> str | None:
        """Keep a row for the file of another, which is held until both are seen; None where that was let go of."""
        with transaction.atomic(self.using):
            held = lookups.locked(self.rows, pk=same.pk, file_id=same.file_id, name__isnull=False)
            return keep(same.file_id) if held else None

    def _keep(self, name: str, row: StoredFile, *, overwrite: bool, undo: Callable[[], None] | None = None) -> str:
        """Insert the row, under another name if somebody was faster; or take the row of a file that has the name."""
        for _ in range(ATTEMPTS):
            row.name = self.row_name(name)
            row.folder = posixpath.dirname(row.name)
            if repeated(self.using, partial(self._is_kept, row, overwrite, undo)):
                return str(name)
            name = name if overwrite else self.another_name(name)
        raise SuspiciousFileOperation(f"no name like {name!r} was free for long enough")

    def _is_kept(self, row: StoredFile, overwrite: bool, undo: Callable[[], None] | None) -> bool:
        using, name = self.using, str(row.name)
        with transaction.atomic(using) if overwrite else nullcontext():
            old = lookups.locked(self.rows, name=name) if overwrite else None
            if old:
                row.replace(using, old, delete_after=self._deletion_time())
            if old or row.insert(using):
                settle(using, name, committed=self._drain if old else None, rolled_back=undo)
                return True
        return False

    # -- delete --

    def delete(self, name: str) -> None:
        """Let go of a file; one that is not there is no error. FastDFS loses it after the commit.

        A file that has a name goes by it, and not by its id.
        """
        if not name:
            raise ValueError("The name must be given to delete().")
        if is_file_id(name):
            if not self.rows.filter(file_id=name, name__isnull=False).exists():
                super().delete(name)
        else:
            throw_away()
            full = self.full_name(name)
            letting_go = partial(self.rows.filter(name=full).update, name=None, delete_after=self._deletion_time())
            if repeated(self.using, letting_go):
                settle(self.using, full, committed=self._drain)

    def _deletion_time(self) -> datetime:
        # Who looked the name up just before may still be handing out the URL of its file.
        return timezone.now() + timedelta(seconds=2 * self.options.lookup_seconds)

    def _drain(self) -> None:
        drain(self.rows, self.engine, limit=20)

    # -- questions --

    def exists(self, name: str) -> bool:
        """Whether a file has this name."""
        if is_file_id(name):
            return super().exists(name)
        try:
            return self.rows.filter(name=self.full_name(name)).exists()
        except (OperationalError, ProgrammingError):
            # photologue asks while models are loaded, before there is a table: a yes keeps it from saving.
            if apps.ready:
                raise
            return True

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """The folders and the files in a folder."""
        return lookups.listdir(self.rows, self.full_name(path).rstrip("/"))

    def names_of(self, file_id: str) -> list[str]:
        """The names under which this storage has a file of FastDFS."""
        prefix = self.full_name("x")[:-1]
        names = self.rows.filter(file_id=file_id, name__isnull=False).order_by("pk").values_list("name", flat=True)
        return [str(name)[len(prefix) :] for name in names if str(name).startswith(prefix)]

    def walk(self) -> Iterator[str]:
        """The name of every file of this storage."""
        return lookups.walk(self.rows, self.full_name("x")[:-1])

    def size(self, name: str) -> int:
        """The size in bytes."""
        return super().size(name) if is_file_id(name) else self._row(name).size

    def get_created_time(self, name: str) -> datetime:
        """When the file was saved."""
        return super().get_created_time(name) if is_file_id(name) else lookups.local(self._row(name).created)

    def get_modified_time(self, name: str) -> datetime:
        """When its content was made, as far as that is known."""
        return super().get_modified_time(name) if is_file_id(name) else lookups.local(self._row(name).modified)

    def content_type(self, name: str) -> str:
        """The type that the name tells, or else what was claimed when the file was saved."""
        told = super().content_type(name)
        return told if told or is_file_id(name) else _type(self._row(name).content_type)

    def file_id(self, name: str) -> str:
        """The file id behind a name; NoSuchFile when there is none."""
        return name if is_file_id(name) else self._row(name).file_id

    def _row(self, name: str) -> StoredFile:
        row = self.rows.filter(name=self.full_name(name)).first()
        if row is None:
            raise NoSuchFile(name)
        return row

    def url(self, name: str | None, *, filename: str | None = None, expires_in: int | None = None) -> str:
        """The URL of a file: of its file id, or with `url_by_name` its own name for the view `media`."""
        options = self.options
        if not name or is_file_id(name):
            return super().url(name, filename=filename, expires_in=expires_in)
        full = lookups.full_name(options.location, name)
        if options.url_by_name:
            shown = lookups.full_name("", name)
        else:
            shown = (
                lookups.remembered_id(self.using, full)
                or lookups.file_id_of(self.rows, full, options.lookup_seconds)
                or full
            )
        return self._url_of(options, shown, filename, expires_in)


def _type(claim: str) -> str:
    """What a browser claimed to have sent, or the table says, if it is a type at all."""
    return claim if re.fullmatch(r"[\w.+-]+/[\w.+-]+", claim, re.ASCII) else ""
