"""haystack's name for `search_rebuild`: its own command empties the index first, and searches find nothing meanwhile."""

from .search_rebuild import Command

__all__ = ["Command"]
