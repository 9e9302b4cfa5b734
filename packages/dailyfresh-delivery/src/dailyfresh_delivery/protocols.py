"""What the package asks of a site's orders, for staff's pages; a site that keeps none joined has the numbers of its orders there."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol


class Carried(Protocol):
    """An order as whoever packs and brings it reads it; a text is "" where there is nothing to say."""

    @property
    def receiver(self) -> str:
        """Who gets it."""
        ...

    @property
    def phone(self) -> str:
        """The number that a courier calls."""
        ...

    @property
    def address(self) -> str:
        """Where it is brought, in one line."""
        ...

    @property
    def note(self) -> str:
        """What the buyer has written for whoever brings it."""
        ...

    @property
    def state(self) -> str:
        """How far it is, in words."""
        ...

    @property
    def collect(self) -> Decimal:
        """What is to be collected at the door, in yuan; 0 when it is paid."""
        ...

    @property
    def url(self) -> str:
        """Path of staff's page about it."""
        ...


class Orders(Protocol):
    """The site's orders, by the references that `take` was given."""

    def find(self, references: Sequence[str]) -> Mapping[str, Carried]:
        """Reference -> order, absent where there is none; as many statements however many."""
        ...

    def move(self, reference: str, window: str, *, by: Any) -> str:
        """Have an order come in another window, and tell its buyer; gives "", or why it stays where it is, in the language of the page.

        Runs a transaction of its own, in which it calls `windows.Delivery.move`.
        """
        ...
