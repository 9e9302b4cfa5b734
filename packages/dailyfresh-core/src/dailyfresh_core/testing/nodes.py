"""How much a template does: the nodes of it that are rendered, text and all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.template.base import Node, TextNode


@dataclass
class Nodes:
    """Nodes rendered so far; what stands in a kept part is rendered once."""

    number: int = 0


@contextmanager
def nodes_rendered() -> Iterator[Nodes]:
    """Counts, in this process, what templates render meanwhile: a number that no busy machine changes."""
    nodes, plain = Nodes(), {kind: kind.render_annotated for kind in (Node, TextNode)}

    def counted(kind: type[Node]) -> Any:
        def render_annotated(self: Node, context: Any) -> Any:
            nodes.number += 1
            return plain[kind](self, context)

        return render_annotated

    with (
        patch.object(Node, "render_annotated", counted(Node)),
        patch.object(TextNode, "render_annotated", counted(TextNode)),
    ):
        yield nodes
