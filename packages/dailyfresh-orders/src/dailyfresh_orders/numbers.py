"""Order numbers."""

import secrets

from .days import today


def new_number() -> str:
    """The day and 14 random digits: not guessable, and no counter for processes and machines to share.

    At a million orders a day two meet about once in half a year; the unique column notices, and `place_order` draws again.
    """
    return f"{today():%y%m%d}{secrets.randbelow(10**14):014d}"


def new_token() -> str:
    """A key of a confirm page: whatever is submitted under it becomes one order."""
    return secrets.token_hex(16)
