import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from ...client import FastDFSClient
from ...exceptions import FastDFSError, NoSuchFile
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
        parser.add_argument("--json", action="store_true", help="print one JSON object in place of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every check, then fail if one did."""
        storage = fastdfs_storage(options["storage"], FastDFSStorage)
        self.findings: list[dict[str, Any]] = []
        self.json: bool = options["json"]
        try:
            settings = storage.options
            engine_for(settings)
        except (ImproperlyConfigured, ValueError) as error:
            raise CommandError(str(error)) from error
        if storage.named:
            self._names(storage)
        client = FastDFSClient(settings.trackers, **settings.client() | {"metrics": None})
        with closing(client):
            self._trackers(client)
            self._groups(client, storage, options["min_free"], read_only=options["read_only"])
        failures = sum(not finding["ok"] for finding in self.findings)
        if self.json:
            self.stdout.write(json.dumps({"ok": not failures, "checks": self.findings}, indent=2))
        if failures:
            raise CommandError(f"{failures} check{'s' if failures > 1 else ''} failed.")
        if not self.json:
            self.stdout.write(self.style.SUCCESS("All is well."))

    def _tell(self, line: str, check: str, *, ok: bool = True, **facts: Any) -> None:
        """One finding: a line, or its facts in JSON."""
        self.findings.append({"check": check, "ok": ok, **facts})
        if not self.json:
            self.stdout.write(f"ok    {line}" if ok else self.style.ERROR(f"FAIL  {line}"))

    @contextmanager
    def _checking(self, what: str, check: str, **facts: Any) -> Iterator[None]:
        """A finding that takes time and may fail."""
        start = time.perf_counter()
        try:
            yield
        except FastDFSError as error:
            self._tell(f"{what}: {error}", check, ok=False, error=str(error), **facts)
        else:
            seconds = time.perf_counter() - start
            self._tell(f"{what} ({seconds * 1000:.1f} ms)", check, seconds=round(seconds, 6), **facts)

    def _names(self, storage: FastDFSStorage) -> None:
        """A named storage needs its table."""
        try:
            storage.exists("fdfs_check")
        except DatabaseError as error:
            self._tell(f"table of names: {error}; run migrate", "names", ok=False, error=str(error))
        else:
            self._tell("table of names", "names")

    def _trackers(self, client: FastDFSClient) -> None:
        for address in client.trackers.addresses:
            with self._checking(f"tracker {address}", "tracker", address=str(address)):
                client.trackers.ping(address)

    def _groups(self, client: FastDFSClient, storage: FastDFSStorage, min_free: float, *, read_only: bool) -> None:
        groups = []
        with self._checking("list of groups", "groups"):
            groups = client.trackers.groups()
            if storage.options.group not in (None, *(group.name for group in groups)):
                raise FastDFSError(f"none is the GROUP of this storage, {storage.options.group!r}")
        for group in groups:
            free = 100 * group.free_mb / group.total_mb if group.total_mb else 0
            self._tell(
                f"group {group.name}: {group.free_mb:,} of {group.total_mb:,} MB free, {free:.0f} %",
                "group",
                ok=free >= min_free and group.free_mb > group.reserved_mb,
                group=group.name,
                free_mb=group.free_mb,
                total_mb=group.total_mb,
                reserved_mb=group.reserved_mb,
            )
            self._servers(client, group.name)
            if not read_only and storage.options.group in (None, group.name):
                self._round_trip(storage, client, group.name)

    def _servers(self, client: FastDFSClient, group: str) -> None:
        servers = []
        with self._checking(f"list of servers of {group}", "servers", group=group):
            servers = client.trackers.storages(group)
        for server in servers:
            line = f"server {server.host}:{server.port} of {group}, version {server.version}"
            self._tell(
                line if server.active else f"{line}: not active (status {server.status})",
                "server",
                ok=server.active,
                group=group,
                host=server.host,
                port=server.port,
                version=server.version,
                status=server.status,
            )

    def _round_trip(self, storage: FastDFSStorage, client: FastDFSClient, group: str) -> None:
        content = time.time_ns().to_bytes(8, "big") * 128
        with self._checking(f"write, read and delete in {group}", "round trip", group=group):
            name = client.upload(content, group=group)
            engine = storage.engine
            try:
                if engine.download(name) != content:
                    raise FastDFSError("another content came back")
            finally:
                engine.delete(name)
            with suppress(NoSuchFile):
                engine.info(name)
                raise FastDFSError("a deleted file is still there")
