"""A complete Django storage on FastDFS, with its own client and a development server."""

__version__ = "0.1.0"
