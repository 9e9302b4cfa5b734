import re
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...exceptions import FastDFSError
from ...names import is_file_id, parse_file_id
from ...references import all_columns, families_in, family_of
from ...storage import FastDFSStorage
from .._storages import fastdfs_storage

# A line of data/sync/binlog.NNN: time, operation, name; capitals are of this server's own clients.
_BINLOG = re.compile(r"\d+ (?P<operation>[A-Za-z]) (?P<name>M\S+).*")
_ON_DISK = re.compile(r"(?:.*/)?data/(?P<name>[0-9A-F]{2}/[0-9A-F]{2}/[^/\s]+)")


class Command(BaseCommand):
    """Compares what a cluster holds with what rows refer to."""

    help = (
        "List the files that no row refers to, and with --delete delete them. FastDFS cannot list its files to a "
        "client, so the list comes from a storage server: its data/sync/binlog.* files, or `find data -type f`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the list is, and what to do."""
        parser.add_argument("lists", nargs="+", help="files with binlog lines, paths or file ids; - for standard input")
        parser.add_argument("--group", help="the group of the list, where its lines name none")
        parser.add_argument("--store-path", default="M00", help="the store path of the list (default M00)")
        parser.add_argument(
            "--min-age", type=float, default=24.0, help="hours that a younger file is spared (default 24)"
        )
        parser.add_argument("--storage", default="default", help="alias of STORAGES (default: default)")
        parser.add_argument("--delete", action="store_true", help="delete what is listed")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, or list and delete."""
        storage = fastdfs_storage(options["storage"], FastDFSStorage)
        try:
            columns = all_columns()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if not any(each.rows.exists() for each in columns):
            raise CommandError("No column refers to FastDFS files, so every file would be listed.")
        before = time.time() - options["min_age"] * 3600
        held = {
            file_id
            for file_id in self._held(options["lists"], options["group"], options["store_path"])
            if parse_file_id(file_id).created < before
        }
        unused = {family_of(file_id) for file_id in held}
        for column in columns:
            count = 0
            for value in column.values():
                count += 1
                unused.difference_update(families_in(value))
            self.stderr.write(f"{column}: {count} rows")
        orphans = sorted(file_id for file_id in held if family_of(file_id) in unused)
        for orphan in orphans:
            self.stdout.write(orphan)
        self.stderr.write(f"{len(orphans)} of {len(held)} files are used by no row.")
        if options["delete"]:
            self._delete(orphans, storage.engine)

    def _delete(self, orphans: list[str], engine: Any) -> None:
        deleted = failed = 0
        for orphan in orphans:
            try:
                engine.delete(orphan)
                deleted += 1
            except FileNotFoundError:
                continue
            except FastDFSError as error:
                failed += 1
                self.stderr.write(f"{orphan}: {error}")
        self.stderr.write(f"{deleted} deleted.")
        if failed:
            raise CommandError(f"{failed} could not be deleted.")

    def _held(self, lists: list[str], group: str | None, store_path: str) -> set[str]:
        """The file ids that the lists add up to: a binlog tells creations and deletions in order."""
        held: set[str] = set()
        for name in lists:
            if name == "-":
                self._read(sys.stdin, held, group, store_path)
                continue
            try:
                with open(name, encoding="utf-8", errors="replace") as lines:
                    self._read(lines, held, group, store_path)
            except OSError as error:
                raise CommandError(f"The list cannot be read: {error}") from error
        return held

    def _read(self, lines: Iterable[str], held: set[str], group: str | None, store_path: str) -> None:
        for operation, file_id in self._entries(lines, group, store_path):
            if operation in "dD":
                held.discard(file_id)
            else:
                held.add(file_id)

    def _entries(self, lines: Iterable[str], group: str | None, store_path: str) -> Iterator[tuple[str, str]]:
        for line in map(str.strip, lines):
            operation = "C"
            if found := _BINLOG.fullmatch(line):
                operation, name = found.group("operation", "name")
            elif found := _ON_DISK.fullmatch(line):
                name = f"{store_path}/{found['name']}"
                if name.endswith("-m"):
                    continue
            else:
                name = line
            if name.startswith("M") and not is_file_id(name):
                if group is None:
                    raise CommandError(f"{line!r} names no group: give it with --group.")
                name = f"{group}/{name}"
            if is_file_id(name):
                yield operation, name
            elif line:
                self.stderr.write(f"not a file: {line}")
