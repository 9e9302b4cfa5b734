import os
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from django.core.files.storage import Storage
from django.core.management.base import CommandError, CommandParser

from ...exceptions import FastDFSError
from ...names import is_file_id
from ...references import Column, column, file_columns
from ...storage import FastDFSStorage
from .._moving import MovingCommand
from .._storages import any_storage, fastdfs_storage


class Command(MovingCommand):
    """Moves the files of another storage into FastDFS and rewrites their names in the database.

    A row is rewritten once its file is uploaded and only if it still has its old name, so the site
    stays up. What was done is skipped when the command runs again; the journal remembers a file
    that several rows share, and one whose row was not yet rewritten when the command was killed.
    """

    help = "Move files of another storage into FastDFS, and their names in the database."

    def add_arguments(self, parser: CommandParser) -> None:
        """From where, to where, and which columns."""
        parser.add_argument("columns", nargs="*", help='"app.Model.field" (default: every file field kept in FastDFS)')
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--from-storage", help="alias of STORAGES to read from")
        source.add_argument("--from-dir", help="directory to read from, such as the old MEDIA_ROOT")
        parser.add_argument("--storage", default="default", help="alias of STORAGES to write to (default: default)")
        parser.add_argument("--journal", help="file that remembers what was uploaded")
        parser.add_argument("--dry-run", action="store_true", help="only count what there is to move")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import column by column; exit status 1 if a file could not be moved."""
        self.target: FastDFSStorage = fastdfs_storage(options["storage"], FastDFSStorage)
        if self.target.named:
            raise CommandError(
                f"The storage {options['storage']!r} keeps names, so no row has to change: use fdfs_take."
            )
        self.source: Storage = any_storage(options["from_storage"], options["from_dir"])
        self.dry_run: bool = options["dry_run"]
        try:
            columns = [column(label) for label in options["columns"]] or [
                each for each in file_columns() if not each.has_names
            ]
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self.known: dict[str, str] = {}
        with ExitStack() as stack:
            self.journal: IO[bytes] | None = self._journal(stack, options["journal"])
            for each in columns:
                self._import(each)
        if self.dry_run:
            self.stdout.write(f"{self.moved} to move, {self.failed} not in the source.")
        else:
            self.conclude("moved")

    def _journal(self, stack: ExitStack, path: str | None) -> IO[bytes] | None:
        if path is None or self.dry_run:
            return None
        file = Path(path)
        lines = file.read_bytes().splitlines(keepends=True) if file.exists() else []
        journal = stack.enter_context(file.open("ab"))
        if lines and not lines[-1].endswith(b"\n"):
            # The command was killed while it wrote: that file is uploaded again.
            journal.truncate(sum(map(len, lines[:-1])))
            lines.pop()
        for line in lines:
            old, _tab, new = line.decode().rstrip("\n").rpartition("\t")
            self.known[old] = new
        return journal

    def _import(self, each: Column) -> None:
        rows = each.rows.order_by("pk").values_list("pk", each.name)
        total = rows.count()
        for number, (pk, name) in enumerate(rows.iterator(), start=1):
            old = str(name)
            if not is_file_id(old):
                self._move(each, pk, old)
            if number % 100 == 0 or number == total:
                self.stdout.write(f"{each}: {number} of {total} rows")

    def _move(self, each: Column, pk: Any, old: str) -> None:
        try:
            if self.dry_run:
                if old not in self.known and not self.source.exists(old):
                    raise FileNotFoundError(old)
                self.moved += 1
                return
            new = self.known.get(old) or self._upload(old)
        except (FileNotFoundError, SuspiciousFileOperation):
            self.complain(f"{each} of row {pk}: {old} is not in the source")
            return
        except FastDFSError as error:
            self.complain(f"{each} of row {pk}: {old}: {error}")
            return
        each.replace(pk, old, new)
        self.moved += 1

    def _upload(self, old: str) -> str:
        with self.source.open(old) as content:
            new = self.target.save(old, content)
        self.known[old] = new
        if self.journal is not None:
            self.journal.write(f"{old}\t{new}\n".encode())
            self.journal.flush()
            os.fsync(self.journal.fileno())
        return new
