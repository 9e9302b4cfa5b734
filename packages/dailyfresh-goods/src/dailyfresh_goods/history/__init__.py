"""The goods a visitor looked at: newest first, each once, bounded."""

from dailyfresh_core.loading import backend
from django.contrib.sessions.backends.base import SessionBase

from ..conf import conf
from ..models import pk_of
from .base import History, Visitor

__all__ = ["History", "Visitor", "forget_history", "history", "history_of", "merge_history", "visit"]


def history() -> History:
    """The history in setting HISTORY."""
    return backend(conf.HISTORY, where=f'{conf.NAME}["HISTORY"]', base=History)  # type: ignore[type-abstract]


def history_of(user_id: str) -> list[str]:
    """The sku_ids that a user looked at, newest first; none where the history lives in the session.

    Raises where the store does not answer: an export that says nothing was viewed must be true.
    """
    return history().kept(str(user_id))


def visit(*, visitor: Visitor, viewed: str | None = None) -> list[str]:
    """Record the SKU looked at, if one is given, and give the history; ids that cannot be ours are not recorded."""
    return history().visit(visitor, viewed if viewed and pk_of(viewed) is not None else None)


def merge_history(*, session: SessionBase, user_id: str) -> None:
    """Put what was seen before the login into the user's history; connect it to `user_logged_in`."""
    history().merge(Visitor(user_id=str(user_id), session=session))


def forget_history(*, user_id: str) -> None:
    """Drop the history of a user whose account is erased."""
    history().forget(str(user_id))
