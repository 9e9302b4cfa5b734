"""What staff see: zones, pickup points, patterns and holidays; the windows that were made of them."""

from . import windows, zones

__all__ = ["windows", "zones"]
