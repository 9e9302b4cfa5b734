"""Compare what is written with what would be served now."""

from collections.abc import Iterator
from typing import Any

from dailyfresh_core.rows import in_portions
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...exceptions import PageRefused
from ...models import SKU, GoodsType
from ...pages.build import fresh_page, writer
from ...pages.cache import uncached
from ...pages.keys import HOME, detail_key, list_key, runs_of
from ...services import mark

STEP = 2000


class Command(BaseCommand):
    help = "Names every written page that differs from its dynamic twin, is missing or should be gone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mark", action="store_true", help="mark what differs, so that the drain makes it anew")
        parser.add_argument("--details", type=int, help="look at the newest N details only")

    def _keys(self, newest: int | None) -> Iterator[str]:
        yield HOME
        yield from map(list_key, GoodsType.objects.values_list("slug", flat=True))
        skus = SKU.objects.filter(on_sale=True).only("pk")
        chosen = in_portions(skus, STEP) if newest is None else skus.order_by("-pk")[:newest]
        yield from (detail_key(sku.pk) for sku in chosen)

    def handle(self, *args: Any, **options: Any) -> None:
        to = writer()
        if to is None:
            raise CommandError("The setting PAGES names no place where pages are written.")
        checked = differing = 0
        known: set[str] = set()
        for key in self._keys(options["details"]):
            wrong = False
            for language, paths in runs_of(key):
                for path in paths:
                    known.add(path)
                    problem = self._problem(to.read(path), path, language)
                    checked += 1
                    if problem:
                        wrong = True
                        differing += 1
                        if options["verbosity"]:
                            self.stdout.write(f"{problem}: {path}")
            if wrong and options["mark"]:
                mark([key])
        if options["details"] is None:
            for path in to.paths():
                if path not in known:
                    differing += 1
                    if options["verbosity"]:
                        self.stdout.write(f"left over: {path}")
                    if options["mark"]:
                        to.remove(path)
        if differing:
            raise CommandError(f"{differing} pages differ from what would be served now; {checked} were compared.")
        if options["verbosity"]:
            self.stdout.write(self.style.SUCCESS(f"{checked} pages are as they should be."))

    def _problem(self, written: bytes | None, path: str, language: str) -> str | None:
        try:
            with uncached():
                made = fresh_page(path, language)
        except PageRefused as error:
            return f"refused ({error})"
        served = made.html if made else None
        if written == served:
            return None
        if written is None:
            return "missing"
        return "left over" if served is None else "differs"
