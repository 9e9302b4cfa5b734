"""For whom the offers for members are."""

from typing import Any

from dailyfresh_users.selectors import is_guest


def is_member(user: Any) -> bool:
    """Everybody with an account of their own: a guest's is made in a moment, and again for the next order."""
    return not is_guest(user)
