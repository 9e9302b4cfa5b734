"""Builds the search index anew beside the old one, and swaps."""

import time
from typing import Any

from dailyfresh_core.db.retrying import Busy
from django.core.management.base import BaseCommand, CommandError, CommandParser
from haystack.constants import DEFAULT_ALIAS

from ...indexing import rebuild


class Command(BaseCommand):
    help = "Build the search index anew beside the old one, and swap; searches go on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--using", default=DEFAULT_ALIAS, help="connection in HAYSTACK_CONNECTIONS")
        parser.add_argument(
            "--noinput", action="store_true", help="accepted for the sake of scripts; nothing is ever asked"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            number = rebuild(options["using"])
        except Busy as error:
            raise CommandError(f"Another rebuild is running: {error}") from error
        self.stdout.write(f"{number} SKUs indexed in {time.monotonic() - started:.1f} s")
