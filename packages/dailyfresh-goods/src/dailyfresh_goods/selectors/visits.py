"""What somebody looked at."""

from ..history import history


def history_of(user_id: str) -> list[str]:
    """The sku_ids that a user looked at, newest first; none where the history lives in the session.

    Raises where the store does not answer: an export that says nothing was viewed must be true.
    """
    return history().kept(str(user_id))
