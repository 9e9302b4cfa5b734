from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from ...services import close_days, reopen_days


class Command(BaseCommand):
    help = "Writes the sums of every day that is over and has none yet, for the sales dashboard."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again-since",
            type=date.fromisoformat,
            help="make the sums anew from this day on (after an import of old orders)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again_since"]:
            reopen_days(since=options["again_since"])
        while closed := close_days():
            self.stdout.write(f"{closed} days closed")
