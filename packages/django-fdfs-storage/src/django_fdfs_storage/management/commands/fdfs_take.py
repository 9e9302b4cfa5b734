import os
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import Storage
from django.core.management.base import CommandParser
from django.db import router, transaction

from ...exceptions import FastDFSError
from ...named.storage import NamedFastDFSStorage
from ...names import is_file_id
from ...references import Column, file_columns
from .._moving import MovingCommand
from .._storages import all_names, any_storage, fastdfs_storage


class Command(MovingCommand):
    """Takes a site's files over into a named storage; what was done is skipped when it runs again."""

    help = "Take the files of a directory or a storage over under their names, or give names to the file ids in rows."

    def add_arguments(self, parser: CommandParser) -> None:
        """From where, to where."""
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--from-storage", help="alias of STORAGES to read from")
        source.add_argument("--from-dir", help="directory to read from, such as the old MEDIA_ROOT")
        source.add_argument("--from-ids", action="store_true", help="files that rows name by their file ids")
        parser.add_argument("--storage", default="default", help="alias of STORAGES to write to (default: default)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take file by file; exit status 1 if one could not be taken."""
        self.target: NamedFastDFSStorage = fastdfs_storage(options["storage"], NamedFastDFSStorage)
        if options["from_ids"]:
            self._name_rows()
        else:
            source = any_storage(options["from_storage"], options["from_dir"])
            for name in all_names(source):
                self._take(source, name)
        self.conclude("taken")

    def _take(self, source: Storage, name: str) -> None:
        try:
            modified = source.get_modified_time(name)
            # What the site saved here since is newer than what it left there.
            if self.target.exists(name) and self.target.get_modified_time(name) >= modified:
                return
            with source.open(name) as content:
                self.target.replace(name, content, modified=modified)
            self.moved += 1
        except (OSError, SuspiciousFileOperation) as error:
            self.complain(f"{name}: {error}")

    def _name_rows(self) -> None:
        columns = file_columns(self.target)
        for column in columns:
            for row in column.rows.order_by("pk").iterator():
                file_id = str(getattr(row, column.name))
                if not is_file_id(file_id):
                    continue
                try:
                    known = self._known_name(columns, column, file_id)
                    self.moved += column.replace(row.pk, file_id, known) if known else self._name(column, row, file_id)
                except (FastDFSError, SuspiciousFileOperation) as error:
                    self.complain(f"{column} of row {row.pk}: {error}")

    def _known_name(self, columns: list[Column], column: Column, file_id: str) -> str | None:
        """The name that the table has for this file already, from before `fdfs_give --to-ids`, and no row has yet."""
        for name in self.target.names_of(file_id):
            if len(name) <= column.field.max_length and not any(each.holds(name) for each in columns):
                return name
        return None

    def _name(self, column: Column, row: Any, file_id: str) -> int:
        wanted = column.field.generate_filename(row, os.path.basename(file_id))
        name = self.target.get_available_name(wanted, column.field.max_length)
        with transaction.atomic(using=router.db_for_write(column.model)):
            kept = self.target.adopt(name, file_id)
            taken = column.replace(row.pk, file_id, kept)
            if not taken:
                # Somebody gave the row another file meanwhile.
                self.target.rows.filter(name=self.target.full_name(kept)).delete()
        return taken
