"""Scores the search with a table of queries."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from haystack.constants import DEFAULT_ALIAS

from ...quality import Score, mean, rows, score


class Command(BaseCommand):
    help = "Ask every query of a table, and print recall, precision@min(10, number that fit) and what went wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "table", type=Path, help="tab-separated: kind, query, slugs that must be found, slugs that must not"
        )
        parser.add_argument("--using", default=DEFAULT_ALIAS, help="connection in HAYSTACK_CONNECTIONS")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            table = rows(options["table"])
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['table']} cannot be read: {error}") from error
        scores = score(table, using=options["using"])
        for one in scores:
            if not one.perfect:
                lacks = ", ".join(sorted(one.row.must - set(one.found))) or "-"
                bad = ", ".join(sorted(one.forbidden)) or "-"
                self.stdout.write(
                    f"{one.row.kind:<12}{one.row.query}: recall {one.recall:.2f}, precision {one.precision:.2f}; "
                    f"lacks {lacks}; forbidden {bad}; first {', '.join(one.found[:5]) or 'nothing'}"
                )
        for kind in sorted({one.row.kind for one in scores}):
            self._line(kind, [one for one in scores if one.row.kind == kind])
        self._line("all", scores)

    def _line(self, name: str, scores: list[Score]) -> None:
        self.stdout.write(
            f"{name:<12}{len(scores):>4} queries  recall {mean(s.recall for s in scores):.3f}  "
            f"precision {mean(s.precision for s in scores):.3f}  forbidden found {sum(len(s.forbidden) for s in scores)}"
        )
