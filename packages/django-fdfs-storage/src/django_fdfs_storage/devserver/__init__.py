"""A FastDFS for development: tracker, storage server and HTTP in one process, files on disk."""

from .server import DevServer

__all__ = ["DevServer"]
