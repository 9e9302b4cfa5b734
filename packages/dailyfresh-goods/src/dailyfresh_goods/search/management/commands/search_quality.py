"""Scores the search with a table of queries: what they must and must not find."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from haystack.constants import DEFAULT_ALIAS

from ....models import SKU
from ...query.relaxation import answer
from ...vocabulary import Vocabulary

K = 10


@dataclass(frozen=True)
class Row:
    """One query; `must` empty says that nothing may be found. The sets hold slugs of SKUs."""

    kind: str
    query: str
    must: frozenset[str]
    must_not: frozenset[str]


@dataclass(frozen=True)
class Score:
    """What one row earned: `found` are slugs, the best first."""

    row: Row
    found: tuple[str, ...]

    @property
    def recall(self) -> float:
        """The part of what fits that was found."""
        return len(self.row.must & set(self.found)) / len(self.row.must) if self.row.must else 1.0

    @property
    def precision(self) -> float:
        """The part of the first min(10, number that fit) that fits; where nothing fits, whether nothing was found."""
        if not self.row.must:
            return float(not self.found)
        k = min(K, len(self.row.must))
        return len(self.row.must & set(self.found[:k])) / k

    @property
    def forbidden(self) -> frozenset[str]:
        """What was found and must not be."""
        return self.row.must_not & set(self.found)

    @property
    def perfect(self) -> bool:
        return self.recall == self.precision == 1 and not self.forbidden


def rows(table: Path) -> list[Row]:
    """The rows of a tab-separated table: kind, query, what must be found, what must not."""
    found = []
    for line in table.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, query, must, must_not = [*line.split("\t"), "", ""][:4]
            found.append(Row(kind, query, _slugs(must), _slugs(must_not)))
    return found


def _slugs(text: str) -> frozenset[str]:
    """A slug stands for all packs of its SPU, "=slug" for that one, "@slug" for all of a type."""
    found: set[str] = set()
    on_sale = SKU.objects.filter(on_sale=True)
    for name in filter(None, (name.strip() for name in text.split(","))):
        if name.startswith("="):
            found.add(name[1:])
        elif name.startswith("@"):
            found.update(on_sale.filter(type__slug=name[1:]).values_list("slug", flat=True))
        else:
            found.update(on_sale.filter(spu__skus__slug=name).values_list("slug", flat=True) or [name])
    return frozenset(found)


def score(table: Iterable[Row], *, using: str | None = None) -> list[Score]:
    """Asks every query as the results page does."""
    vocabulary = Vocabulary()
    words = vocabulary.thesaurus()
    slugs = {str(pk): slug for pk, slug in SKU.objects.values_list("pk", "slug")}
    scores = []
    for row in table:
        reply = answer(row.query, words, vocabulary.menu, using=using)
        keys = [result.pk for result in reply.found[:1000]] if reply.found is not None else []
        scores.append(Score(row, tuple(slugs[key] for key in keys if key in slugs)))
    return scores


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
        if scores:
            self._line("all", scores)

    def _line(self, name: str, scores: list[Score]) -> None:
        self.stdout.write(
            f"{name:<12}{len(scores):>4} queries  recall {fmean(s.recall for s in scores):.3f}  "
            f"precision {fmean(s.precision for s in scores):.3f}  forbidden found {sum(len(s.forbidden) for s in scores)}"
        )
