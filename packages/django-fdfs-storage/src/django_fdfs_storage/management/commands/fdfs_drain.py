from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from ...named.drain import drain, due
from ...named.storage import NamedFastDFSStorage
from .._storages import fastdfs_storage


class Command(BaseCommand):
    """Deletes what no name stands for any longer; run it every few minutes."""

    help = "Delete the files of FastDFS whose names were deleted or replaced."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which storage."""
        parser.add_argument("--storage", default="default", help="alias of STORAGES (default: default)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete in portions until nothing is due; what cannot be deleted is put off."""
        storage = fastdfs_storage(options["storage"], NamedFastDFSStorage)
        if connections[storage.using].in_atomic_block:
            raise CommandError("What an open transaction let go of may come back: run fdfs_drain outside of it.")
        total = 0
        while due(storage.rows).exists():
            total += drain(storage.rows, storage.engine)
        self.stdout.write(f"{total} deleted.")
