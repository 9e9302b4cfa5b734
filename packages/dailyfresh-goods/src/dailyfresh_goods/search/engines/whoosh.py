"""whoosh on local files.

whoosh keeps terms, postings and columns; the sets of documents are combined here, because every match of a field weighs the
same (names of six characters gain nothing from term statistics) and sets are faster than whoosh's matchers in Python.
"""

import heapq
from array import array
from collections import Counter, OrderedDict
from collections.abc import Iterable
from functools import cached_property, partial
from math import inf
from pathlib import Path
from typing import Any

from haystack.backends import BaseEngine
from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from whoosh import fields, query
from whoosh.codec.whoosh3 import W3Codec
from whoosh.columns import NumericColumn
from whoosh.filedb.filestore import FileStorage

from .base import LocalBackend, Reader, fields_of
from .conditions import Scores, Tree, TreeQuery, evaluate

SORTED_IN_MEMORY = 2048
"""MB of postings beyond which whoosh sorts them through files: more than a portion of a rebuild ever has."""
CACHED_IDS = 300_000
"""Numbers of documents that a reader keeps in its cache of terms, about 20 MB."""
PATTERNS: dict[str, Any] = {
    "startswith": query.Prefix,
    "fuzzy": partial(query.FuzzyTerm, maxdist=1, prefixlength=1),
}


class Words(fields.ID):  # type: ignore[misc]
    """Words with spaces between them, of which nothing is kept but the documents that hold them."""

    def index(self, value: str, **_: Any) -> list[tuple[bytes, int, float, bytes]]:
        return [(word.encode(), 1, 1.0, b"") for word in set(value.split())]


class Codec(W3Codec):  # type: ignore[misc]
    """whoosh's own without the lengths of fields, which nobody asks for and whoosh looks up on the disk at each posting."""

    length_stats = False


class WhooshReader(Reader):
    def __init__(self, folder: Path) -> None:
        self.searcher: Any = FileStorage(str(folder)).open_index().searcher()
        self.reader: Any = self.searcher.reader()
        self.columns: dict[str, Any] = {}
        self.cache: OrderedDict[tuple[str, str], frozenset[int]] = OrderedDict()
        self.cached: int = 0

    def close(self) -> None:
        self.searcher.close()

    def column(self, name: str) -> Any:
        """Number of a document -> its value of a sortable field."""
        if name not in self.columns:
            leaves = [reader for reader, _offset in self.reader.leaf_readers() if reader.doc_count_all()]
            values = [value for reader in leaves for value in reader.column_reader(name)]
            self.columns[name] = array("q", values) if values and isinstance(values[0], int) else values
        return self.columns[name]

    def everything(self) -> set[int]:
        return set(self.reader.all_doc_ids())

    def term(self, field: str, text: str) -> frozenset[int]:
        """The documents that hold a term."""
        key = (field, text)
        if key in self.cache:
            self.cache.move_to_end(key)
            return self.cache[key]
        found = self._matching(query.Term(field, text))
        self.cache[key] = found
        self.cached += len(found) + 8
        while self.cached > CACHED_IDS:
            _key, dropped = self.cache.popitem(last=False)
            self.cached -= len(dropped) + 8
        return found

    def _matching(self, wanted: query.Query) -> frozenset[int]:
        return frozenset(
            offset + number
            for searcher, offset in self.searcher.leaf_searchers()
            for number in wanted.matcher(searcher, searcher.boolean_context()).all_ids()
        )

    def leaf(self, leaf: Tree) -> Iterable[int]:
        """The documents that fit a leaf."""
        field, lookup, value = leaf["field"], leaf["lookup"], leaf["value"]
        texts = value if isinstance(value, list) else [value]
        if lookup in ("content", "exact", "in"):
            sets = sorted((self.term(field, str(text)) for text in texts), key=len)
            if lookup == "in":
                return frozenset().union(*sets)
            return sets[0].intersection(*sets[1:]) if sets else ()
        if lookup in PATTERNS:
            return frozenset().union(*(self._matching(PATTERNS[lookup](field, str(text))) for text in texts))
        low, high = _bounds(lookup, value)
        column = self.column(field)
        return [number for number in self.everything() if low <= column[number] <= high]

    def search(
        self, tree: Tree | None, *, order: list[tuple[str, bool]], start: int, end: int, facets: list[str]
    ) -> tuple[int, list[tuple[str, str, float]], dict[str, dict[str, int]]]:
        scores = evaluate(tree, self.leaf, self.everything) if tree else dict.fromkeys(self.everything(), 0.0)
        best = (self._sorted(scores, order, end) if order else self._best(scores, end))[start:]
        models, ids = self.column(DJANGO_CT), self.column(DJANGO_ID)
        counts = {name: dict(Counter(map(self.column(name).__getitem__, scores))) for name in facets}
        return len(scores), [(models[number], ids[number], scores[number]) for number in best], counts

    def _sorted(self, scores: Scores, order: list[tuple[str, bool]], end: int) -> list[int]:
        """The first by these columns, and among equals the best."""
        keys = [(self.column(name), -1 if descending else 1) for name, descending in order]

        def rank(number: int) -> tuple[Any, ...]:
            asked = (sign * column[number] for column, sign in keys)
            return (*asked, -scores[number], *self._standing(number))

        return heapq.nsmallest(end, scores, key=rank)  # which sorts when it is asked for all

    def _best(self, scores: Scores, end: int) -> list[int]:
        """The first by their scores. A word that many goods have gives them all the same: those are told apart where it matters, at the last score."""
        if not end:
            return []
        last = heapq.nlargest(end, scores.values())[-1] if end < len(scores) else -inf
        better = sorted((each for each in scores if scores[each] > last), key=lambda n: (-scores[n], self._standing(n)))
        alike = [number for number, score in scores.items() if score == last]
        many = len(alike) * 8 > len(self.column("sales"))
        standing = self.places.__getitem__ if many else self._standing
        return better + heapq.nsmallest(end - len(better), alike, key=standing)

    def _standing(self, number: int) -> tuple[Any, ...]:
        """What stands before what where nothing else decides: there before not there, what sells, what came first."""
        return not self.column("band")[number], -self.column("sales")[number], self.column("newest")[number]

    @cached_property
    def places(self) -> "array[int]":
        """Number of a document -> its place among all of them."""
        found = array("q", bytes(8 * len(self.column("sales"))))
        for place, number in enumerate(sorted(range(len(found)), key=self._standing)):
            found[number] = place
        return found

    def digests(self) -> dict[str, str]:
        ids, digests = self.column(DJANGO_ID), self.column("digest")
        return {ids[number]: digests[number] for number in self.everything()}


class WhooshBackend(LocalBackend):
    def schema(self) -> fields.Schema:
        """whoosh's schema of the index classes: stored are only the columns that results, sorting and facets read."""
        found: dict[str, Any] = {
            ID: fields.ID(unique=True),
            DJANGO_CT: fields.ID(sortable=True),
            DJANGO_ID: fields.ID(sortable=True),
        }
        for name, field in fields_of(self.connection_alias).items():
            if field.field_type == "integer":
                found[name] = fields.COLUMN(NumericColumn("q"))
            elif not field.indexed or hasattr(field, "facet_for"):
                found[name] = fields.ID(sortable=True)
            else:
                found[name] = Words()
        return fields.Schema(**found)

    def create(self, folder: Path) -> None:
        FileStorage(str(folder)).create_index(self.schema())

    def open(self, folder: Path) -> Reader:
        return WhooshReader(folder)

    def write(self, folder: Path, documents: Iterable[dict[str, Any]], gone: Iterable[str], *, fresh: bool) -> None:
        writer = FileStorage(str(folder)).open_index().writer(codec=Codec(), limitmb=SORTED_IN_MEMORY)
        known = set(writer.schema.names())
        try:
            for key in gone:
                writer.delete_by_term(ID, key)
            for document in documents:
                (writer.add_document if fresh else writer.update_document)(
                    **{key: value for key, value in document.items() if key in known}
                )
        except BaseException:
            writer.cancel()
            raise
        # Merging after every batch of a rebuild would write the first documents again and again.
        writer.commit(merge=not fresh)


def _bounds(lookup: str, value: Any) -> tuple[float, float]:
    """The lowest and the highest whole number that a lookup lets pass."""
    if lookup == "range":
        return value[0], value[1]
    return {"gte": (value, inf), "gt": (value + 1, inf), "lte": (-inf, value), "lt": (-inf, value - 1)}[lookup]


class Engine(BaseEngine):  # type: ignore[misc]
    """HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "dailyfresh_goods.search.engines.whoosh.Engine", "PATH": ...}}"""

    backend = WhooshBackend
    query = TreeQuery
