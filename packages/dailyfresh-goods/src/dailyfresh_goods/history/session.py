"""The history in the visitor's session: nothing to set up, gone with the session."""

from .base import LIST, History, Visitor


class SessionHistory(History):
    """Keeps the list in the session; logging in keeps the session's contents, so there is nothing to merge."""

    def visit(self, visitor: Visitor, viewed: str | None = None) -> list[str]:
        if visitor.session is None:
            return []
        held = visitor.session.get(LIST)
        seen = [sku_id for sku_id in held if isinstance(sku_id, str)] if isinstance(held, list) else []
        if viewed is not None and seen[:1] != [viewed]:
            seen = [viewed, *(sku_id for sku_id in seen if sku_id != viewed)][: self.length]
            visitor.session[LIST] = seen
        return seen

    def kept(self, user_id: str) -> list[str]:
        """Nothing that could be found by the user."""
        return []

    def merge(self, visitor: Visitor) -> None:
        """Nothing to do."""

    def forget(self, user_id: str) -> None:
        """Nothing to do: the list goes with the session."""
