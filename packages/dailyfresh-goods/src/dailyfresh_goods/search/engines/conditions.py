"""The conditions of a SearchQuerySet as a tree, and what a document scores by it, the same on every engine of ours.

{"op": "and" | "or" | "not", "of": [node, ...]}
{"field": "name", "lookup": "content", "value": ["草莓"], "weight": 6.0, "part": 1}
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.tree import Node
from haystack.backends import BaseSearchQuery
from haystack.inputs import BaseInput

Tree = dict[str, Any]
Scores = dict[int, float]


class Tokens(BaseInput):  # type: ignore[misc]
    """Tokens that a field must all hold, as the value of an SQ.

    `weight` is the score of a match. Of matches with the same `part` the best one counts, those of different parts add up;
    haystack's own backends, which score by themselves, look at neither.
    """

    input_type_name = "tokens"
    post_process = True

    def __init__(self, tokens: list[str], *, weight: float, part: int) -> None:
        super().__init__(" ".join(tokens))
        self.tokens = tokens
        self.weight = weight
        self.part = part

    def __deepcopy__(self, memo: Any) -> "Tokens":
        # haystack copies the whole tree at every step of a chain; these never change.
        return self

    def prepare(self, query_obj: Any) -> Any:
        return query_obj.clean(self.query_string)


class TreeQuery(BaseSearchQuery):  # type: ignore[misc]
    """Hands the conditions of a SearchQuerySet to the engine as a tree: nothing a visitor typed is ever parsed."""

    def build_query(self) -> str:
        return json.dumps(self._node(self.query_filter), ensure_ascii=False) if self.query_filter else ""

    def _node(self, node: Any) -> Tree:
        if isinstance(node, Node):
            tree = {"op": node.connector.lower(), "of": [self._node(child) for child in node.children]}
            return {"op": "not", "of": [tree]} if node.negated else tree
        expression, value = node
        field, lookup = self.query_filter.split_expression(expression)
        leaf: Tree = {"field": field, "lookup": lookup, "weight": 0.0, "part": 0}
        if isinstance(value, Tokens):
            return leaf | {"value": value.tokens, "weight": value.weight, "part": value.part}
        if not isinstance(value, str | int | float | list | tuple):
            value = str(getattr(value, "query_string", value))
        return leaf | {"value": value.split() if isinstance(value, str) and lookup == "content" else value}

    def matching_all_fragment(self) -> str:
        return ""


def parts_of(node: Tree) -> tuple[list[Tree], list[list[Tree]]]:
    """The branches below an "or", and its leaves by part: leaves of one part compete, parts and branches add up."""
    branches, parts = [], defaultdict(list)
    for child in node["of"]:
        if "op" in child:
            branches.append(child)
        else:
            parts[child["part"]].append(child)
    return branches, list(parts.values())


def evaluate(node: Tree, of_leaf: Callable[[Tree], Iterable[int]], everything: Callable[[], set[int]]) -> Scores:
    """Document -> score of all that fit `node`, where an engine can say which documents fit a leaf."""
    op = node.get("op")
    if op is None:
        return _best([node], of_leaf)
    if op == "not":
        (inner,) = node["of"]
        return dict.fromkeys(everything() - evaluate(inner, of_leaf, everything).keys(), 0.0)
    if op == "and":
        return _all([evaluate(child, of_leaf, everything) for child in node["of"]])
    branches, parts = parts_of(node)
    return _any(
        [*(evaluate(branch, of_leaf, everything) for branch in branches), *(_best(leaves, of_leaf) for leaves in parts)]
    )


def _all(found: list[Scores]) -> Scores:
    fit, *others = sorted(found, key=len)
    for scores in others:
        fit = {document: score + scores[document] for document, score in fit.items() if document in scores}
    return fit


def _best(leaves: list[Tree], of_leaf: Callable[[Tree], Iterable[int]]) -> Scores:
    best: dict[int, Any] = {}
    for leaf in sorted(leaves, key=lambda leaf: leaf["weight"]):
        best.update(dict.fromkeys(of_leaf(leaf), leaf["weight"]))
    return best


def _any(found: list[Scores]) -> Scores:
    if len(found) == 1:
        return found[0]
    total: Scores = defaultdict(float)
    for scores in found:
        for document, score in scores.items():
            total[document] += score
    return total
