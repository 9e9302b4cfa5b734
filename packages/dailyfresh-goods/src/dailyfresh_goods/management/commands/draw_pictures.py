"""Draw the catalogue's pictures in the sizes that pages show, until none waits."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ... import services


class Command(BaseCommand):
    help = "Draws every picture of the catalogue that waits, and those that nobody told of: after an import, or an upgrade."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="draw all of them anew, for a new kind or other sizes")

    def handle(self, *args: Any, again: bool, verbosity: int, **options: Any) -> None:
        services.collect_pictures()
        if again:
            services.draw_all_again()
        drawn = failed = 0
        while (run := services.draw_pictures()).done or run.failed:
            drawn, failed = drawn + run.done, failed + run.failed
            if verbosity:
                self.stdout.write(f"{drawn} pictures drawn, {failed} could not be read")
