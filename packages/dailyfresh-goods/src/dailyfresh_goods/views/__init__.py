"""The pages of the catalogue and the answers to its scripts."""

from .ajax import stock, visitor, visitor_data
from .pages import detail, home, list_page, new_goods
from .wishes import wish, wishes

__all__ = ["detail", "home", "list_page", "new_goods", "stock", "visitor", "visitor_data", "wish", "wishes"]
