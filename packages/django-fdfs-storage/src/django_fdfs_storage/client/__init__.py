"""The client: files in and out of a cluster, for threads and for an event loop. It needs no Django."""

from .blocking import FastDFSClient
from .commands import AsyncFastDFSClient
from .engine import Engine

__all__ = ["AsyncFastDFSClient", "Engine", "FastDFSClient"]
