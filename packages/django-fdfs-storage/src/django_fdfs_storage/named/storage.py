"""The storage whose files keep the names that they are saved under."""

import posixpath
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any, cast

from django.apps import apps
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.db import OperationalError, ProgrammingError, connections, transaction
from django.utils import timezone
from django.utils.deconstruct import deconstructible

from ..client import FastDFSClient
from ..exceptions import NoSuchFile
from ..files import FastDFSFile, Measured, WritableFile
from ..names import extension_of, is_file_id
from . import lookups
from .drain import drain
from .models import LONGEST_NAME, StoredFile
from .naming import Names
from .outcomes import is_lost_race, reject, settle, throw_away

ATTEMPTS = 10


@deconstructible(path="django_fdfs_storage.named.storage.NamedFastDFSStorage")
class NamedFastDFSStorage(Names):
    """Keeps files in FastDFS and their names in a table, so that a saved name can be found again.

    Each operation is one statement on one indexed row. What it does to the table belongs to the
    open transaction; the file in FastDFS follows when that has ended. A name that has the form of a
    file id is taken for one, as in the storage without names.
    """

    # -- open and save --

    def _open(self, name: str, mode: str = "rb") -> Any:
        if "w" in mode:
            return WritableFile(self.replace, name, mode)
        if is_file_id(name):
            return super()._open(name, mode)
        row = self._row(name)
        return FastDFSFile(self.engine, name, row.size, mode, file_id=row.file_id)

    def _save(self, name: str, content: "File[Any]") -> str:
        return self._store(name, content, self._upload, overwrite=self.options.allow_overwrite)

    def replace(self, name: str, content: "File[Any]", *, modified: datetime | None = None) -> str:
        """Save under exactly this name, in place of a file that has it."""
        return self._store(name, content, self._upload, overwrite=True, modified=modified)

    def adopt(self, name: str, file_id: str) -> str:
        """Give a file that is in FastDFS already a name; NoSuchFile when it is not there."""
        digest, length = sha256(), 0
        for block in self.engine.stream(file_id):
            digest.update(block)
            length += len(block)
        return self._keep(name, StoredFile.of(name, file_id, length, digest.hexdigest()), None, overwrite=False)

    def save_variant(self, master: str, prefix: str, content: "File[Any]") -> str:
        """Save a variant of a file (a thumbnail) as a slave file beside it: "a.jpg" and "_s" make "a_s.jpg"."""
        root, extension = posixpath.splitext(master)
        master_id = self._row(master).file_id

        def upload(name: str, chunks: Measured) -> str:
            with chunks.spooled() as copy:
                engine = cast(FastDFSClient, self.engine)
                return engine.upload_slave(master_id, prefix, copy, size=copy.size, extension=extension_of(name))

        return self._store(f"{root}{prefix}{extension}", content, upload, overwrite=False)

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
        self.full_name(name)  # refused before anything is uploaded
        chunks = Measured(content)
        same = lookups.file_id_with(self.rows, chunks) if self.options.deduplicate and chunks.rereadable else None
        uploaded = None if same else upload(name, chunks)
        row = StoredFile.of(name, same or uploaded or "", chunks.length, chunks.sha256)
        row.content_type = row.content_type or (getattr(content, "content_type", None) or "")[:255]
        row.modified = modified or row.created
        try:
            return self._keep(name, row, uploaded, overwrite=overwrite)
        except BaseException:
            if uploaded:
                reject(self.using, self.engine, uploaded)
            raise

    def _keep(self, name: str, row: StoredFile, uploaded: str | None, *, overwrite: bool) -> str:
        """Insert the row, under another name if somebody was faster; or take the row of a file that has the name."""
        using = self.using
        undo = partial(reject, using, self.engine, uploaded) if uploaded else None
        for _ in range(ATTEMPTS):
            row.name = self.full_name(name)
            if len(row.name) > LONGEST_NAME:
                raise SuspiciousFileOperation(f"{name!r} is longer than the {LONGEST_NAME} characters of the table")
            row.folder = posixpath.dirname(row.name)
            try:
                with transaction.atomic(using) if overwrite else nullcontext():
                    old = self.rows.select_for_update().filter(name=row.name).first() if overwrite else None
                    if old:
                        row.replace(using, old, delete_after=self._deletion_time())
                    if old or row.insert(using):
                        settle(using, row.name, committed=self._drain if old else None, rolled_back=undo)
                        return name
            except OperationalError as error:
                if connections[using].in_atomic_block or not is_lost_race(error):
                    raise
            else:
                name = name if overwrite else self.another_name(name)
        raise SuspiciousFileOperation(f"no name like {name!r} was free for long enough")

    # -- delete --

    def delete(self, name: str) -> None:
        """Let go of a file; one that is not there is no error. FastDFS loses it after the commit."""
        if not name:
            raise ValueError("The name must be given to delete().")
        if is_file_id(name):
            super().delete(name)
        else:
            throw_away()
            self._let_go(self.full_name(name))

    def _let_go(self, name: str) -> None:
        if self.rows.filter(name=name).update(name=None, delete_after=self._deletion_time()):
            settle(self.using, name, committed=self._drain)

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
