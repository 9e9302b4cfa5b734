"""What a backend of the setting SEARCH_POPULAR must do."""

from abc import ABC, abstractmethod

from django.core.checks import CheckMessage


class Popular(ABC):
    @abstractmethod
    def note(self, text: str, *, visitor: str) -> None:
        """Counts a search, the same one of one visitor once an hour. A service that is down is logged, never raised."""

    @abstractmethod
    def drop(self, text: str) -> None:
        """Forgets a search, if it was counted. A service that is down is logged, never raised."""

    @abstractmethod
    def top(self, number: int) -> list[str]:
        """The searches that count most, recent ones more; empty when the service is down."""

    def check(self) -> list[CheckMessage]:
        """System check messages about the options."""
        return []
