"""Write all pages anew, as after a deployment."""

import os
import time
from concurrent.futures import BrokenExecutor
from typing import Any

from dailyfresh_core.db.retrying import Busy
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...exceptions import PageRefused
from ...pages.build import writer
from ...pages.keys import release
from ...services import build_everything

NICE = 10
"""Whoever visits the shop comes first."""


NICE = 10
"""Whoever visits the shop comes first."""


class Command(BaseCommand):
    help = "Writes all pages anew, aside, and serves them once they are whole. Changes meanwhile are not lost."

    def run_from_argv(self, argv: list[str]) -> None:
        os.nice(NICE)
        super().run_from_argv(argv)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--jobs", type=int, choices=range(1, 65), default=1, metavar="N", help="Processes that make pages (1)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        to = writer()
        if to is None:
            raise CommandError("The setting PAGES names no place to write pages to.")
        began = time.monotonic()
        told = began

        def done(made: int, left: int) -> None:
            nonlocal told
            now = time.monotonic()
            if options["verbosity"] and (now - told > 1 or not left):
                told = now
                self.stdout.write(f"{made} pages, {left} to go, {made / (now - began):.0f} a second")

        try:
            made = build_everything(to, release(), done, jobs=options["jobs"])
        except (PageRefused, Busy, OSError, BrokenExecutor) as error:
            raise CommandError(f"The pages stay as they were: {error}") from error
        if options["verbosity"]:
            self.stdout.write(self.style.SUCCESS(f"{made} pages are served, {time.monotonic() - began:.1f} s"))
