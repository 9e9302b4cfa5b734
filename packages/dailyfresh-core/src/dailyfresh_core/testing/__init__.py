"""What the suites of all packages share: databases and services by their addresses; `wire` holds whoever means no good (it needs hypothesis)."""

from .databases import database, deadlock, own_database, service

__all__ = ["database", "deadlock", "own_database", "service"]
