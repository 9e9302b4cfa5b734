"""The conditions of a SearchQuerySet as a tree."""

import json
from typing import Any

from django.utils.tree import Node
from haystack.backends import BaseSearchQuery

from ..fields import Tokens


class TreeQuery(BaseSearchQuery):  # type: ignore[misc]
    """Hands the conditions of a SearchQuerySet to the engine as a tree: nothing a visitor typed is ever parsed."""

    def build_query(self) -> str:
        return json.dumps(self._node(self.query_filter), ensure_ascii=False) if self.query_filter else ""

    def _node(self, node: Any) -> dict[str, Any]:
        if isinstance(node, Node):
            tree = {"op": node.connector.lower(), "of": [self._node(child) for child in node.children]}
            return {"op": "not", "of": [tree]} if node.negated else tree
        expression, value = node
        field, lookup = self.query_filter.split_expression(expression)
        leaf: dict[str, Any] = {"field": field, "lookup": lookup, "weight": 0.0, "part": 0}
        if isinstance(value, Tokens):
            return leaf | {"value": value.tokens, "weight": value.weight, "part": value.part}
        if not isinstance(value, str | int | float | list | tuple):
            value = str(getattr(value, "query_string", value))
        return leaf | {"value": value.split() if isinstance(value, str) and lookup == "content" else value}

    def matching_all_fragment(self) -> str:
        return ""
