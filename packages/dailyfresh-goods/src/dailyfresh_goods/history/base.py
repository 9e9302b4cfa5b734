"""What a browsing history must do."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from uuid import uuid4

from django.contrib.sessions.backends.base import SessionBase
from django.core.checks import CheckMessage

TOKEN = "dailyfresh_goods_visitor"  # noqa: S105
LIST = "dailyfresh_goods_history"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks: a user (`user_id`), or a guest known by the session."""

    user_id: str | None
    session: SessionBase | None

    @property
    def known(self) -> bool:
        """Whether something is kept of them already, so that remembering more begins nothing new."""
        session = self.session
        return self.user_id is not None or (session is not None and (TOKEN in session or LIST in session))

    def guest_token(self, *, make: bool = False) -> str | None:
        """The name of a guest's history; `make` gives one to a guest who has none."""
        if self.session is None:
            return None
        token = self.session.get(TOKEN)
        if not isinstance(token, str):
            token = None
        if token is None and make:
            token = self.session[TOKEN] = uuid4().hex
        return token


class History(ABC):
    """Keeps the last `length` SKUs per visitor."""

    def __init__(self, *, length: int = 20) -> None:
        self.length = length

    @abstractmethod
    def visit(self, visitor: Visitor, viewed: str | None = None) -> list[str]:
        """Record the SKU, if one is given, and give the sku_ids, newest first; one trip to the store."""

    @abstractmethod
    def kept(self, user_id: str) -> list[str]:
        """What is kept of a user, newest first; raises where the store does not answer, unlike `visit`."""

    @abstractmethod
    def merge(self, visitor: Visitor) -> None:
        """Put what the user saw as a guest before what the user saw earlier, and forget the guest."""

    @abstractmethod
    def forget(self, user_id: str) -> None:
        """Drop the history of a user."""

    def check(self) -> list[CheckMessage]:
        """System-check messages about the options."""
        return []
