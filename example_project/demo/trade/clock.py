"""A clock for what is said to have happened long ago."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from django.utils import timezone


class Clock:
    """Shows `now` until it is set again."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Inside, everything that asks Django for the time hears this clock's; in this process alone."""
        with patch.object(timezone, "now", lambda: self.now):
            yield
