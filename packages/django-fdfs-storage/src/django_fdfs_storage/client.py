"""The FastDFS client: files in and out of a cluster. It needs no Django."""

from collections.abc import Mapping, Sequence
from typing import Unpack

from .asyncclient import AsyncFastDFSClient
from .coroutines import blocking
from .engine import Engine
from .pool import Pool, PoolOptions
from .threads import BlockingPool
from .tracker import BlockingTrackers


class _Core(AsyncFastDFSClient):
    pool_kind = BlockingPool


class _Commands:
    # Apart from the client: in a subclass of Engine, mypy gives an assigned `upload` the narrower type of Engine's.
    core: _Core

    upload = blocking(AsyncFastDFSClient.upload)
    upload_slave = blocking(AsyncFastDFSClient.upload_slave)
    append = blocking(AsyncFastDFSClient.append)
    modify = blocking(AsyncFastDFSClient.modify)
    truncate = blocking(AsyncFastDFSClient.truncate)
    seal = blocking(AsyncFastDFSClient.seal)
    download = blocking(AsyncFastDFSClient.download)
    info = blocking(AsyncFastDFSClient.info)
    checksum = blocking(AsyncFastDFSClient.checksum)
    exists = blocking(AsyncFastDFSClient.exists)
    delete = blocking(AsyncFastDFSClient.delete)
    metadata = blocking(AsyncFastDFSClient.metadata)
    set_metadata = blocking(AsyncFastDFSClient.set_metadata)


class FastDFSClient(_Commands, Engine):
    """A client of one cluster, safe over threads and forks, with the options of AsyncFastDFSClient.

    Each command is described there; here it holds its thread up. Connections open on first use.
    """

    def __init__(
        self,
        trackers: Sequence[str],
        *,
        address_map: Mapping[str, str] | None = None,
        replicas: bool = True,
        **pool: Unpack[PoolOptions],
    ) -> None:
        self.core = _Core(trackers, address_map=address_map, replicas=replicas, **pool)
        self.pool: Pool = self.core.pool
        self.trackers: BlockingTrackers = BlockingTrackers(self.core.trackers)

    def close(self) -> None:
        """Close the idle connections; the client stays usable."""
        self.core.close()
