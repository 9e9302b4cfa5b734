"""Compare what is written with what would be served now."""

from collections.abc import Iterator, Mapping
from typing import Any

from dailyfresh_core.db.rows import in_portions
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...exceptions import PageRefused
from ...models import SKU, GoodsType
from ...pages.base import PageWriter
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
        self.loud, self.differing = options["verbosity"] > 0, 0
        known: set[str] = set()
        for key in self._keys(options["details"]):
            found = self._compare(to, key)
            known |= found.keys()
            if self._named(found) and options["mark"]:
                mark([key])
        checked = len(known)
        if options["details"] is None:
            left = self._named({path: "left over" for path in to.paths() if path not in known})
            if options["mark"]:
                to.remove_all(left)
        if self.differing:
            raise CommandError(f"{self.differing} pages differ from what would be served now; {checked} were compared.")
        if self.loud:
            self.stdout.write(self.style.SUCCESS(f"{checked} pages are as they should be."))

    def _compare(self, to: PageWriter, key: str) -> dict[str, str | None]:
        """path -> what is wrong with it, or None, for all pages behind a key."""
        runs = runs_of(key)
        return {path: self._problem(to.read(path), path, language) for language, paths in runs for path in paths}

    def _named(self, found: Mapping[str, str | None]) -> list[str]:
        """The paths with a problem, which is said."""
        wrong = [path for path, problem in found.items() if problem]
        self.differing += len(wrong)
        for path in wrong if self.loud else ():
            self.stdout.write(f"{found[path]}: {path}")
        return wrong

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
