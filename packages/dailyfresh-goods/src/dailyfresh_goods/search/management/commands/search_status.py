"""How the search index stands to the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from haystack.constants import DEFAULT_ALIAS

from ...indexing import drain, repair, status


class Command(BaseCommand):
    help = "Show how far the search index is behind, how large it is and where it differs from the database; exits 1 if it does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--using", default=DEFAULT_ALIAS, help="connection in HAYSTACK_CONNECTIONS")
        parser.add_argument("--repair", action="store_true", help="drain what waits, then index what differs")

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["using"]
        if options["repair"]:
            drain(alias)
        found = status(alias)
        if options["repair"] and (found.error or found.differences):
            self._show(found)
            repair(alias, found)
            self.stdout.write("Repaired; now:")
            found = status(alias)
        self._show(found)
        if found.error or found.differences:
            raise CommandError("The index differs from the database; --repair mends it.", returncode=1)

    def _show(self, found: Any) -> None:
        lag = f"{(timezone.now() - found.oldest).total_seconds():.1f} s" if found.oldest else "none"
        self.stdout.write(f"waiting    {found.waiting} (lag {lag})")
        if found.error:
            self.stdout.write(self.style.ERROR(f"error      {found.error}"))
            return
        self.stdout.write(f"documents  {found.documents}")
        self.stdout.write(f"size       {found.size / 1024:.0f} KiB" if found.size is not None else "size       unknown")
        for name in ("missing", "outdated", "extra"):
            keys = getattr(found, name)
            sample = f": {', '.join(map(str, keys[:20]))}{' …' if len(keys) > 20 else ''}" if keys else ""
            self.stdout.write(f"{name:<10} {len(keys)}{sample}")
