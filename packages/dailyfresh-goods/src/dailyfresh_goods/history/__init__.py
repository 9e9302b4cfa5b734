"""The goods a visitor looked at: newest first, each once, bounded."""

from ..backends import backend
from .base import History, Visitor

__all__ = ["History", "Visitor", "history"]


def history() -> History:
    """The history in setting HISTORY."""
    return backend("HISTORY", History)  # type: ignore[type-abstract]
