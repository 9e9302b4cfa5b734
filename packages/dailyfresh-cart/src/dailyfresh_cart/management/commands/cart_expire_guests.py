from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...conf import conf
from ...exceptions import CartUnavailable
from ...services import expire_guests


class Command(BaseCommand):
    help = "Drop the carts of guests that were not changed for --days (Redis forgets them by itself after GUEST_DAYS)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=conf.GUEST_DAYS, help="default: GUEST_DAYS (%(default)s)")
        parser.add_argument("--dry-run", action="store_true", help="count, and drop nothing")

    def handle(self, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("--days must be a whole number from 1.")
        try:
            found = expire_guests(days=options["days"], dry_run=options["dry_run"])
        except CartUnavailable as error:
            raise CommandError(str(error)) from error
        verb = "would be dropped" if options["dry_run"] else "dropped"
        self.stdout.write(f"{found.seen} carts of guests, {found.dropped} {verb}.")
