"""What a place for finished pages must do."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime

from django.core.checks import CheckMessage


class PageWriter(ABC):
    """Keeps finished pages where the web server finds them, under the paths of their addresses."""

    @abstractmethod
    def write(self, path: str, body: bytes, gzipped: bytes | None = None) -> None:
        """Put the page there, whole or not at all; its lock is held. `gzipped` is the same where it is compressed already."""

    @abstractmethod
    def has_newer(self, path: str) -> bool:
        """Whether others have written the page to the new set that `rebuild` gave this writer for: theirs is at least as new; the page's
        lock is held. False of a writer that `rebuild` did not give.
        """

    @abstractmethod
    def remove(self, path: str) -> None:
        """Take the page away, if it is there; its lock is held."""

    @abstractmethod
    def read(self, path: str) -> bytes | None:
        """The page as it is served, or None."""

    @abstractmethod
    def paths(self) -> Iterator[str]:
        """The paths of all pages that are served."""

    @abstractmethod
    def written_at(self, path: str) -> datetime | None:
        """When the page was written (aware), or None."""

    @abstractmethod
    def lock(self, path: str) -> AbstractContextManager[None]:
        """Held from before a page is made until it is written, so that an older one never lands on a newer."""

    @abstractmethod
    def draining(self) -> AbstractContextManager[bool]:
        """Whether this process is the one that drains; False at once while another is."""

    @abstractmethod
    def rebuild(self, release: str) -> AbstractContextManager["PageWriter"]:
        """Gives the writer of a new set of pages, which is served from the end of the block on.

        What others write meanwhile goes to both sets.
        """

    def remove_all(self, paths: Iterable[str]) -> None:
        """Take these pages away."""
        for path in paths:
            self.remove(path)

    def check(self) -> list[CheckMessage]:
        """System-check messages about the options."""
        return []
