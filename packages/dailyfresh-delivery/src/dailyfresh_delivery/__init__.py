"""When orders may come: zones, windows with a capacity that never oversells, and pickup points for any Django shop."""

__version__ = "0.1.0"
