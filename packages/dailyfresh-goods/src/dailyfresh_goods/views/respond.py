"""Moved to dailyfresh_core.answers."""

from dailyfresh_core.answers import envelope

__all__ = ["envelope"]
