import os
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.core.files.storage import FileSystemStorage, Storage
from django.core.management.base import CommandParser

from ...exceptions import FastDFSError
from ...files import Measured
from ...named.storage import NamedFastDFSStorage
from ...references import file_columns
from .._moving import MovingCommand
from .._storages import any_storage, fastdfs_storage


class Command(MovingCommand):
    """The way back from a named storage, which itself stays as it is; what was done is skipped when it runs again."""

    help = "Copy named files to a directory or a storage under their names, or write their file ids into the rows."

    def add_arguments(self, parser: CommandParser) -> None:
        """From where, to where."""
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument("--to-storage", help="alias of STORAGES to write to")
        target.add_argument("--to-dir", help="directory to write to, such as a new MEDIA_ROOT")
        target.add_argument("--to-ids", action="store_true", help="let rows name their files by file ids")
        parser.add_argument("--storage", default="default", help="alias of STORAGES to read from (default: default)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Give file by file; exit status 1 if one could not be given."""
        self.source: NamedFastDFSStorage = fastdfs_storage(options["storage"], NamedFastDFSStorage)
        if options["to_ids"]:
            self._identify_rows()
        else:
            if options["to_dir"] is not None:
                os.makedirs(options["to_dir"], exist_ok=True)
            target = any_storage(options["to_storage"], options["to_dir"])
            for name in self.source.walk():
                self._give(target, name)
        self.conclude("given")

    def _give(self, target: Storage, name: str) -> None:
        try:
            modified = self.source.get_modified_time(name)
            if target.exists(name):
                if self._is_given(target, name, modified):
                    return
                target.delete(name)
            with self.source.open(name) as content:
                kept = target.save(name, content)
            if kept != name:
                target.delete(kept)
                raise OSError(f"the storage would keep it as {kept}")
            if not self._is_same(target, name):
                target.delete(name)
                raise OSError("other bytes arrived than those of the file")
            self._date(target, name, modified)
            self.moved += 1
        except OSError as error:
            self.complain(f"{name}: {error}")

    def _is_same(self, target: Storage, name: str) -> bool:
        row = self.source.rows.get(name=self.source.full_name(name))
        with target.open(name) as copy:
            content = Measured(copy).drawn()
        return (content.length, content.sha256) == (row.size, row.sha256)

    def _date(self, target: Storage, name: str, modified: datetime) -> None:
        if isinstance(target, FileSystemStorage):
            os.utime(target.path(name), ns=(round(modified.timestamp() * 1e6) * 1000,) * 2)

    def _is_given(self, target: Storage, name: str, modified: datetime) -> bool:
        """A half file has another size, and one that was replaced here since is older, where the storage knows times.

        A newer one is somebody's; or the command was killed before it said of when it is.
        """
        if target.size(name) != self.source.size(name):
            return False
        with suppress(NotImplementedError):
            given = target.get_modified_time(name)
            if given > modified and self._is_same(target, name):
                self._date(target, name, modified)
            return given >= modified
        return True

    def _identify_rows(self) -> None:
        for column in file_columns(self.source):
            for pk, name in column.rows.order_by("pk").values_list("pk", column.name).iterator():
                try:
                    file_id = self.source.file_id(str(name))
                except FastDFSError as error:
                    self.complain(f"{column} of row {pk}: {error}")
                    continue
                if file_id != name:
                    self.moved += column.replace(pk, name, file_id)
