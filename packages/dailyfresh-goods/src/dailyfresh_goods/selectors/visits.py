"""What somebody looked at."""

from ..history import Visitor, history


def history_of(user_id: str) -> list[str]:
    """The sku_ids that a user looked at, newest first; none where the history lives in the session."""
    return history().visit(Visitor(user_id=str(user_id), session=None))
