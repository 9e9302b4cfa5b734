"""The FastDFS client: files in and out of a cluster. It needs no Django."""

from collections.abc import Mapping, Sequence
from typing import Final, Unpack

from .commands import AsyncFastDFSClient
from .coroutines import blocking
from .engine import Engine
from .pool import Pool, PoolOptions
from .threads import BlockingPool
from .trackers import BlockingTrackers


class _Core(AsyncFastDFSClient):
    pool_kind: type[Pool] = BlockingPool


class _Commands:
    # Apart from the client: in a subclass of Engine, mypy gives an assigned `upload` the narrower type of Engine's.
    core: _Core

    upload: Final = blocking(AsyncFastDFSClient.upload)
    upload_slave: Final = blocking(AsyncFastDFSClient.upload_slave)
    append: Final = blocking(AsyncFastDFSClient.append)
    modify: Final = blocking(AsyncFastDFSClient.modify)
    truncate: Final = blocking(AsyncFastDFSClient.truncate)
    seal: Final = blocking(AsyncFastDFSClient.seal)
    download: Final = blocking(AsyncFastDFSClient.download)
    info: Final = blocking(AsyncFastDFSClient.info)
    checksum: Final = blocking(AsyncFastDFSClient.checksum)
    exists: Final = blocking(AsyncFastDFSClient.exists)
    delete: Final = blocking(AsyncFastDFSClient.delete)
    metadata: Final = blocking(AsyncFastDFSClient.metadata)
    set_metadata: Final = blocking(AsyncFastDFSClient.set_metadata)


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
        self.core: _Core = _Core(trackers, address_map=address_map, replicas=replicas, **pool)
        self.pool: Pool = self.core.pool
        self.trackers: BlockingTrackers = BlockingTrackers(self.core.trackers)

    def close(self) -> None:
        """Close the idle connections; the client stays usable."""
        self.core.close()
