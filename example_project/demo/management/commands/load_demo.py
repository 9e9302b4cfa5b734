"""What a first start makes and a later one finds: tables, style sheets, catalogue, accounts, index."""

import hashlib
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from dailyfresh_delivery.services import make_windows
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ...load import load_accounts, load_catalogue, load_delivery, load_offers
from ...shelves import load_batches


class Command(BaseCommand):
    help = "Brings tables, static files, the demo's catalogue and accounts, and the search index up to date."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--lived-in", action="store_true", help="with goods, buyers and orders of weeks: `load_life`"
        )

    def handle(self, *_args: Any, lived_in: bool, **_options: Any) -> None:
        started = time.monotonic()
        executor = MigrationExecutor(connection)
        if missing := len(executor.migration_plan(executor.loader.graph.leaf_nodes())):
            self.tell(f"tables: {missing} migrations")
            call_command("migrate", verbosity=0, interactive=False)
        self.collect_static()
        if load_accounts():
            self.tell("accounts of a buyer, a merchant and staff")
        loaded = load_catalogue(self.tell)
        if load_offers():
            self.tell("offers")
        if load_delivery():
            self.tell("delivery")
        make_windows()
        if loaded and lived_in:
            call_command("load_life", stdout=self.stdout)
        if load_batches():
            self.tell("batches")
        if loaded or not Path(settings.HAYSTACK_CONNECTIONS["default"]["PATH"], "current").exists():
            self.tell("search index (jieba cuts the Chinese words)")
            call_command("search_rebuild", verbosity=0)
        self.tell(f"ready after {time.monotonic() - started:.0f} s")

    def collect_static(self) -> None:
        """Hashes and compresses the static files anew when one of them has changed since the last time."""
        found = [
            (name, Path(storage.path(name)).stat()) for finder in get_finders() for name, storage in finder.list([])
        ]
        state = hashlib.sha256(
            repr([(name, stat.st_size, stat.st_mtime_ns) for name, stat in found]).encode()
        ).hexdigest()
        note = Path(settings.STATIC_ROOT, "state")
        if not note.exists() or note.read_text() != state:
            self.tell(f"{len(found)} style sheets, scripts and icons")
            call_command("collectstatic", verbosity=0, interactive=False)
            note.write_text(state)

    def tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
