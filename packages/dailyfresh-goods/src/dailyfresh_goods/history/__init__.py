"""The goods a visitor looked at: newest first, each once, bounded."""

from dailyfresh_core.loading import backend

from ..conf import conf
from .base import History, Visitor

__all__ = ["History", "Visitor", "history"]


def history() -> History:
    """The history in setting HISTORY."""
    return backend(conf.HISTORY, where=f'{conf.NAME}["HISTORY"]', base=History)  # type: ignore[type-abstract]
