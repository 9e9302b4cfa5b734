"""The browsing history of a visitor."""

from django.contrib.sessions.backends.base import SessionBase

from ..history import Visitor, history
from ..selectors import pk_of


def visit(*, visitor: Visitor, viewed: str | None = None) -> list[str]:
    """Record the SKU looked at, if one is given, and give the history; ids that cannot be ours are not recorded."""
    return history().visit(visitor, viewed if viewed and pk_of(viewed) is not None else None)


def merge_history(*, session: SessionBase, user_id: str) -> None:
    """Put what was seen before the login into the user's history; connect it to `user_logged_in`."""
    history().merge(Visitor(user_id=str(user_id), session=session))


def forget_history(*, user_id: str) -> None:
    """Drop the history of a user whose account is erased."""
    history().forget(str(user_id))
