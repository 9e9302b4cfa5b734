"""How good the search is: a table of queries with what they must and must not find, and the scores it earns."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..models import SKU
from .ladder import answer
from .selectors import lexicon
from .words.lexicon import Lexicon

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


def score(table: Iterable[Row], *, using: str | None = None, words: Lexicon | None = None) -> list[Score]:
    """Asks every query through the ladder that the results page uses."""
    words = words or lexicon()
    slugs = {str(pk): slug for pk, slug in SKU.objects.values_list("pk", "slug")}
    scores = []
    for row in table:
        reply = answer(row.query, words, using=using)
        keys = [result.pk for result in reply.found[:1000]] if reply.found is not None else []
        scores.append(Score(row, tuple(slugs[key] for key in keys if key in slugs)))
    return scores


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean."""
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 1.0
