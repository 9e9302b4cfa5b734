"""tantivy on local files: the same documents and the same scores as whoosh, in a hundredth of the time."""

from collections.abc import Iterable
from math import log2
from pathlib import Path
from typing import Any, ClassVar

from haystack.backends import BaseEngine
from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from tantivy import (
    Document,
    FieldType,
    Filter,
    Index,
    Occur,
    Order,
    Query,
    Schema,
    SchemaBuilder,
    Searcher,
    TextAnalyzerBuilder,
    Tokenizer,
)

from .base import LocalBackend, Reader, fields_of
from .conditions import Tree, TreeQuery, parts_of

SELLS = "sells"
"""A column that lifts what is in stock and sells best above its equals: tantivy multiplies a score by log2(2 + weight)."""
LIFT = 0.002 / 80
IN_STOCK = 40
HEAP = 64_000_000
TOKENS, WHOLE = "dailyfresh_tokens", "raw"


class TantivyReader(Reader):
    def __init__(self, folder: Path, integers: set[str], names: set[str]) -> None:
        self.index: Index = _opened(folder)
        self.schema: Schema = self.index.schema
        self.integers = integers
        self.names = names
        self.searcher: Searcher = self.index.searcher()

    def close(self) -> None:
        del self.searcher, self.index

    def _term(self, field: str, text: str) -> Query:
        if field not in self.names:
            return Query.empty_query()
        return Query.term_query(self.schema, field, int(text) if field in self.integers else text, index_option="basic")

    def _leaf(self, leaf: Tree) -> Query:
        field, lookup, value = leaf["field"], leaf["lookup"], leaf["value"]
        texts = [str(text) for text in value] if isinstance(value, list) else [str(value)]
        if lookup in ("content", "exact"):
            found = _all_of([self._term(field, text) for text in texts])
        elif lookup == "in":
            found = _any_of([self._term(field, text) for text in texts])
        elif lookup == "startswith":
            found = _any_of(
                [Query.fuzzy_term_query(self.schema, field, text, distance=0, prefix=True) for text in texts]
            )
        elif lookup == "fuzzy":
            found = _any_of([Query.fuzzy_term_query(self.schema, field, text) for text in texts])
        else:
            low, high = (
                (value[0], value[1]) if lookup == "range" else (value, None) if lookup[0] == "g" else (None, value)
            )
            found = Query.range_query(
                self.schema, field, FieldType.Integer, _integer(low), _integer(high), lookup != "gt", lookup != "lt"
            )
        return Query.const_score_query(found, leaf["weight"])

    def query(self, node: Tree) -> Query:
        """The tree as a query of tantivy with the sums of `conditions.evaluate`."""
        op = node.get("op")
        if op is None:
            return self._leaf(node)
        if op == "not":
            inner = [(Occur.MustNot, self.query(child)) for child in node["of"]]
            return Query.const_score_query(Query.boolean_query([(Occur.Must, Query.all_query()), *inner]), 0.0)
        if op == "and":
            return _all_of([self.query(child) for child in node["of"]])
        branches, parts = parts_of(node)
        best = (Query.disjunction_max_query([self._leaf(leaf) for leaf in leaves]) for leaves in parts)
        return _any_of([*map(self.query, branches), *best])

    def search(
        self, tree: Tree | None, *, order: list[tuple[str, bool]], start: int, end: int, facets: list[str]
    ) -> tuple[int, list[tuple[str, str, float]], dict[str, dict[str, int]]]:
        query = self.query(tree) if tree else Query.const_score_query(Query.all_query(), 1.0)
        field, descending = order[0] if order else (None, True)
        found = self.searcher.search(
            query, limit=max(end - start, 1), offset=start, order_by_field=field, order=Order.Desc if descending else Order.Asc,
            weight_by_field=None if field else SELLS,
        )  # fmt: skip
        results = []
        for score, address in found.hits[: end - start]:
            document = self.searcher.doc(address)
            results.append((document[DJANGO_CT][0], document[DJANGO_ID][0], 0.0 if field else float(score)))
        counts = {}
        for name in facets:
            buckets = self.searcher.aggregate(query, {"by": {"terms": {"field": name, "size": 200}}})["by"]["buckets"]
            counts[name] = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        number: int = found.count  # type: ignore[attr-defined]  # it is there, the stub of tantivy lacks it
        return number, results, counts

    def digests(self) -> dict[str, str]:
        number = self.searcher.num_docs
        hits = self.searcher.search(Query.all_query(), limit=max(number, 1)).hits
        documents = [self.searcher.doc(address) for _score, address in hits]
        return {document[DJANGO_ID][0]: document["digest"][0] for document in documents}


def _integer(value: Any) -> int | None:
    return None if value is None else int(value)


def _all_of(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, query) for query in queries])


def _any_of(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, query) for query in queries])


def _opened(folder: Path) -> Index:
    index = Index.open(str(folder))
    tokens = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.remove_long(120)).build()
    index.register_tokenizer(TOKENS, tokens)
    return index


class TantivyBackend(LocalBackend):
    INTEGERS: ClassVar = {"fast": True, "indexed": True}

    def schema(self) -> Schema:
        """tantivy's schema of the index classes."""
        builder = SchemaBuilder()
        for name in (ID, DJANGO_CT, DJANGO_ID):
            builder.add_text_field(name, stored=name != ID, tokenizer_name=WHOLE, index_option="basic")
        builder.add_float_field(SELLS, fast=True)
        for name, field in fields_of(self.connection_alias).items():
            if field.field_type == "integer":
                builder.add_integer_field(name, **self.INTEGERS)
            elif hasattr(field, "facet_for"):
                builder.add_text_field(name, fast=True, tokenizer_name=WHOLE, index_option="basic")
            elif not field.indexed:
                builder.add_text_field(name, stored=True, tokenizer_name=WHOLE, index_option="basic")
            else:
                builder.add_text_field(name, tokenizer_name=TOKENS, index_option="basic")
        return builder.build()

    def create(self, folder: Path) -> None:
        Index(self.schema(), path=str(folder))

    def open(self, folder: Path) -> Reader:
        fields = fields_of(self.connection_alias)
        integers = {name for name, field in fields.items() if field.field_type == "integer"}
        return TantivyReader(folder, integers, {ID, DJANGO_CT, DJANGO_ID, *fields})

    def write(self, folder: Path, documents: Iterable[dict[str, Any]], gone: Iterable[str], *, fresh: bool) -> None:
        index = _opened(folder)
        schema = index.schema
        fields = fields_of(self.connection_alias)
        writer = index.writer(heap_size=HEAP, num_threads=1)
        try:
            for key in gone:
                writer.delete_documents_by_term(ID, key)
            for document in documents:
                if not fresh:
                    writer.delete_documents_by_term(ID, document[ID])
                writer.add_document(Document.from_dict(_row(document, fields), schema))
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()


def _row(document: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """A document as tantivy takes it: what its schema has a name for and is not None, and SELLS."""
    row = {name: value for name in (ID, DJANGO_CT, DJANGO_ID, *names) if (value := document.get(name)) is not None}
    row[SELLS] = LIFT * (log2(1 + max(document.get("sales") or 0, 0)) + (IN_STOCK if document.get("band") else 0))
    return row


class Engine(BaseEngine):  # type: ignore[misc]
    """HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "dailyfresh_goods.search.engines.tantivy.Engine", "PATH": ...}}"""

    backend = TantivyBackend
    query = TreeQuery
