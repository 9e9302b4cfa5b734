"""Take a catalogue of any size in."""

import resource
import time
from pathlib import Path
from typing import Any

from dailyfresh_core.exchange import BadFile
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from ...import_export.archives import content_in
from ...import_export.columns import COLUMNS, in_words_of_file, mapping_of
from ...models import GoodsType
from ...services import Report, import_goods, open_goods, read_goods


class Command(BaseCommand):
    help = (
        "Creates and changes SKUs from a CSV, XLSX, JSON or JSON-lines file, or a ZIP of one with its pictures, known by their slug. The file is read "
        f"twice: checked first, then written. Columns: {', '.join(COLUMNS)}."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check every row and write nothing")
        parser.add_argument("--skip-bad", action="store_true", help="write the good rows even if some are bad")
        parser.add_argument("--create-types", action="store_true", help="make the types that are missing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        self.began = self.told = time.monotonic()
        self.loud = options["verbosity"] > 0
        try:
            if options["create_types"] and not options["dry_run"]:
                self._create_types(path)
            report = self._run(path, "checked", dry_run=True)
            for problem in report.problems:
                self.stderr.write(str(problem))
            if report.bad and not options["skip_bad"]:
                raise CommandError(f"{report.bad} bad rows; nothing was written.")
            if not options["dry_run"]:
                report = self._run(path, "written", skip_bad=options["skip_bad"])
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        except BadFile as error:
            raise CommandError(str(error)) from error
        if self.loud:
            verb = "would be" if options["dry_run"] else "were"
            self.stdout.write(
                self.style.SUCCESS(
                    f"{report.created} SKUs {verb} created, {report.changed} changed, {report.unchanged} as they were, "
                    f"{report.bad} rows bad; "
                    f"{time.monotonic() - self.began:.1f} s, {_peak()} MB at most"
                )
            )

    def _run(self, path: Path, verb: str, **how: bool) -> Report:
        def done(report: Report) -> None:
            now = time.monotonic()
            if self.loud and now - self.told > 1:
                self.told = now
                self.stdout.write(f"{report.rows} rows {verb}")

        with path.open("rb") as file, content_in(file, path.name) as content:
            headings = mapping_of(open_goods(content.file, content.name).columns)
            rows = read_goods(content.file, content.name)
            report = import_goods(
                rows=rows, archive=content.archive, by="load_catalogue", why=path.name, done=done, **how
            )
            report.problems = in_words_of_file(report.problems, headings)
            return report

    def _create_types(self, path: Path) -> None:
        """Types have no columns but their slug here: the merchant names them afterwards."""
        known = set(GoodsType.objects.values_list("slug", flat=True))
        with path.open("rb") as file, content_in(file, path.name) as content:
            for row in read_goods(content.file, content.name):
                slug = str(row.values.get("type") or "").strip()
                if slug and slug not in known:
                    known.add(slug)
                    try:
                        with transaction.atomic():
                            GoodsType.objects.create(slug=slug, name=slug.replace("-", " ").capitalize())
                    except IntegrityError as error:
                        raise CommandError(f"The type {slug!r} cannot be made: {error}") from error


def _peak() -> int:
    """Megabytes that this process took at most. What `getrusage` says begins, on Linux, with what the process that started it had taken."""
    try:
        return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
