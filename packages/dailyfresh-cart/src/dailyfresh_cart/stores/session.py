"""Carts in the visitor's session: no service besides the one that keeps sessions."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from .base import Held, Owner
from .document import Document, DocumentStore, is_empty

T = TypeVar("T")


class SessionStore(DocumentStore):
    """Keeps the cart in the session under `key`; it follows the visitor through signing in and ends with signing out.

    Two requests of one session that run at once may lose one change: a session is written whole.
    """

    in_session = True
    atomic = False

    def __init__(self, *, key: str = "dailyfresh_cart") -> None:
        self.key = key

    def load(self, owner: Owner) -> Document:
        held = owner.session.get(self.key)
        return dict(held) if isinstance(held, dict) else {}

    def edit(self, owner: Owner, work: Callable[[Document], T]) -> T:
        document = self.load(owner)
        result = work(document)
        if is_empty(document):
            owner.session.pop(self.key, None)
        else:
            owner.session[self.key] = document
        return result

    def drop(self, owner: Owner, *, unless_changed_since: int | None = None) -> bool:
        if owner.session is None:
            return False
        held = owner.session.pop(self.key, None)
        return isinstance(held, dict) and bool(held.get("lines"))

    def survey(self) -> Iterator[Held]:
        return iter(())
