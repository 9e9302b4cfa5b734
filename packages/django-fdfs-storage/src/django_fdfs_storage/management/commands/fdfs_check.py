import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...client import FastDFSClient
from ...exceptions import FastDFSError
from ...storage import FastDFSStorage, engine_for
from .._storages import fastdfs_storage


class Command(BaseCommand):
    """Looks at a cluster as a client sees it; exit status 1 when anything is wrong."""

    help = "Check trackers, groups, free space and a write-read-delete round trip of a FastDFS cluster."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which storage, and how strict."""
        parser.add_argument("--storage", default="default", help="alias of STORAGES (default: default)")
        parser.add_argument(
            "--min-free", type=float, default=5.0, help="percent of space that must be free (default 5)"
        )
        parser.add_argument("--read-only", action="store_true", help="leave out the round trip")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every check, then fail if one did."""
        storage = fastdfs_storage(options["storage"], FastDFSStorage)
        self.failures = 0
        try:
            settings = storage.options
            engine_for(settings)
        except (ImproperlyConfigured, ValueError) as error:
            raise CommandError(str(error)) from error
        client = FastDFSClient(
            settings.trackers,
            connect_timeout=settings.connect_timeout,
            network_timeout=settings.network_timeout,
            address_map=settings.address_map,
        )
        try:
            self._trackers(client)
            self._groups(client, storage, options["min_free"], read_only=options["read_only"])
        finally:
            client.close()
        if self.failures:
            raise CommandError(f"{self.failures} check{'s' if self.failures > 1 else ''} failed.")
        self.stdout.write(self.style.SUCCESS("All is well."))

    @contextmanager
    def _checking(self, what: str) -> Iterator[list[str]]:
        """One line of the report: what, how long it took, and the details or the error."""
        details: list[str] = []
        start = time.perf_counter()
        try:
            yield details
        except FastDFSError as error:
            self._fail(f"{what}: {error}")
        else:
            self.stdout.write(f"ok    {what} ({(time.perf_counter() - start) * 1000:.1f} ms){''.join(details)}")

    def _fail(self, line: str) -> None:
        self.failures += 1
        self.stdout.write(self.style.ERROR(f"FAIL  {line}"))

    def _trackers(self, client: FastDFSClient) -> None:
        for address in client.trackers.addresses:
            with self._checking(f"tracker {address}"):
                client.trackers.ping(address)

    def _groups(self, client: FastDFSClient, storage: FastDFSStorage, min_free: float, *, read_only: bool) -> None:
        with self._checking("list of groups") as details:
            groups = client.trackers.groups()
            details.append(f": {len(groups)}")
            for group in groups:
                free = 100 * group.free_mb / group.total_mb if group.total_mb else 0
                line = f"group {group.name}: {group.free_mb:,} of {group.total_mb:,} MB free, {free:.0f} %"
                if free < min_free or group.free_mb <= group.reserved_mb:
                    self._fail(line)
                else:
                    self.stdout.write(f"ok    {line}")
                self._servers(client, group.name)
                if not read_only and storage.options.group in (None, group.name):
                    self._round_trip(storage, client, group.name)

    def _servers(self, client: FastDFSClient, group: str) -> None:
        with self._checking(f"list of servers of {group}") as details:
            servers = client.trackers.storages(group)
            details.append(f": {len(servers)}")
            for server in servers:
                line = f"server {server.host}:{server.port} of {group}, version {server.version}"
                if server.active:
                    self.stdout.write(f"ok    {line}")
                else:
                    self._fail(f"{line}: not active (status {server.status})")

    def _round_trip(self, storage: FastDFSStorage, client: FastDFSClient, group: str) -> None:
        content = time.time_ns().to_bytes(8, "big") * 128
        with self._checking(f"write, read and delete in {group}"):
            name = client.upload(content, group=group)
            try:
                with storage.open(name) as file:
                    if file.read() != content:
                        raise FastDFSError("another content came back")
            finally:
                storage.delete(name)
            if storage.exists(name):
                raise FastDFSError("a deleted file is still there")
