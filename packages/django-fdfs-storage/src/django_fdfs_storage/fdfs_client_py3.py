"""The engine for sites that must keep fdfs-client-py3; what it cannot do is listed in docs/fdfs."""

import os
import tempfile
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from .client import Engine
from .client.content import Content, exactly, size_of
from .client.coroutines import finished
from .client.metrics import Metrics
from .client.wire import FileInfo
from .exceptions import BadReply, FastDFSError, NoSuchFile, ServerUnreachable
from .names import parse_file_id


class FdfsClientPy3(Engine):
    """Files in and out of a cluster through fdfs-client-py3 1.0.0.

    That library holds content in memory, knows neither groups nor file information nor ranges, and
    its connections do not survive a fault. So each thread has a client of its own, an error or a
    fork ends it, and `info` downloads the file.
    """

    def __init__(
        self,
        trackers: Sequence[str],
        *,
        connect_timeout: float = 5.0,
        network_timeout: float = 30.0,
        max_connections: int = 32,
        address_map: Mapping[str, str] | None = None,
        replicas: bool = True,
        metrics: Metrics | None = None,
    ) -> None:
        # The library has one timeout and uses it for every operation on a socket.
        lines = ["[__config__]", f"connect_timeout={max(1, round(network_timeout))}"]
        self._configuration = "\n".join([*lines, *(f"tracker_server={tracker}" for tracker in trackers), ""])
        self._local = threading.local()

    def upload(
        self, content: Content, *, size: int | None = None, extension: str = "", group: str | None = None
    ) -> str:
        """Store content, all of it in memory, and give its file id."""
        if group is not None:
            raise FastDFSError("fdfs-client-py3 cannot choose a group")
        data = finished(_whole(content, size_of(content, size)))
        answer = self._call("upload_by_buffer", data, file_ext_name=extension or None)
        file_id = answer["Remote file_id"]
        return file_id.decode() if isinstance(file_id, bytes) else str(file_id)

    def download(self, file_id: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """The content or a part of it, which is cut from the whole."""
        parse_file_id(file_id)
        content = bytes(self._call("download_to_buffer", file_id.encode(), file_id=file_id)["Content"])
        return content[offset:] if length is None else content[offset : offset + length]

    def info(self, file_id: str) -> FileInfo:
        """The size as downloaded and the time in the id: the library asks no server for them."""
        file = parse_file_id(file_id)
        return FileInfo(len(self.download(file_id)), file.created, 0, file.source)

    def delete(self, file_id: str) -> None:
        """Delete a file; NoSuchFile when there is no such file."""
        parse_file_id(file_id)
        self._call("delete_file", file_id.encode(), file_id=file_id)

    def close(self) -> None:
        """Drop this thread's client."""
        self._local.__dict__.clear()

    def _client(self) -> Any:
        if getattr(self._local, "pid", None) != os.getpid():
            from fdfs_client.client import Fdfs_client

            with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
                file.write(self._configuration)
                file.flush()
                self._local.client = Fdfs_client(file.name)
            self._local.pid = os.getpid()
        return self._local.client

    def _call(self, method: str, *arguments: Any, file_id: str = "", **options: Any) -> Any:
        try:
            return getattr(self._client(), method)(*arguments, **options)
        except SystemExit as error:
            self.close()
            raise ServerUnreachable("no tracker answered") from error
        except Exception as error:
            # Its errors are of no common type, TypeError and struct.error among them.
            self.close()
            if file_id and "No such file" in str(error):
                raise NoSuchFile(file_id) from error
            raise BadReply(f"fdfs-client-py3 failed: {error!r}") from error


async def _whole(content: Content, size: int) -> bytes:
    return b"".join([chunk async for chunk in exactly(content, size)])
