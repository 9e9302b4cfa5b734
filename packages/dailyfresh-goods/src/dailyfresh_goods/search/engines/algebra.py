"""Evaluates a query tree over sets of documents: the same sums on every engine that can give the set of a term."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

Scores = dict[int, float]
LOOKUPS = {"content", "exact", "in", "startswith", "fuzzy", "gt", "gte", "lt", "lte", "range"}


def evaluate(
    node: dict[str, Any], of_leaf: Callable[[dict[str, Any]], Iterable[int]], everything: Callable[[], set[int]]
) -> Scores:
    """Document -> score of all that fit `node`."""
    op = node.get("op")
    if op is None:
        return dict.fromkeys(of_leaf(node), node["weight"])
    if op == "not":
        (inner,) = node["of"]
        return dict.fromkeys(everything() - evaluate(inner, of_leaf, everything).keys(), 0.0)
    if op == "and":
        return _all([evaluate(child, of_leaf, everything) for child in node["of"]])
    return _any(node["of"], of_leaf, everything)


def _all(found: list[Scores]) -> Scores:
    found.sort(key=len)
    fit = set(found[0]).intersection(*found[1:])
    return {document: sum(scores[document] for scores in found) for document in fit}


def _any(
    children: list[dict[str, Any]],
    of_leaf: Callable[[dict[str, Any]], Iterable[int]],
    everything: Callable[[], set[int]],
) -> Scores:
    """Leaves of one part compete, parts add up; so do whole branches."""
    parts: dict[int, list[dict[str, Any]]] = defaultdict(list)
    sums: list[Scores] = []
    for child in children:
        if "op" in child:
            sums.append(evaluate(child, of_leaf, everything))
        else:
            parts[child["part"]].append(child)
    for leaves in parts.values():
        best: Scores = {}
        for leaf in sorted(leaves, key=lambda leaf: leaf["weight"]):
            best.update(dict.fromkeys(of_leaf(leaf), leaf["weight"]))
        sums.append(best)
    if len(sums) == 1:
        return sums[0]
    total: Scores = defaultdict(float)
    for scores in sums:
        for document, score in scores.items():
            total[document] += score
    return total
