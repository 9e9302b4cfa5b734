"""What a storage needs of a FastDFS client; `client.FastDFSClient` is the one to use."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from ..exceptions import BadReply
from .content import Content
from .wire import FileInfo

BLOCK = 1024 * 1024


class Engine(ABC):
    """Files in and out of a cluster, by file id.

    An engine is built with the keyword arguments of FastDFSClient and shared by all threads of a
    process, and by its forks.
    """

    @abstractmethod
    def upload(
        self, content: Content, *, size: int | None = None, extension: str = "", group: str | None = None
    ) -> str:
        """Store content and give its file id; WrongSize when it is not of the announced size."""

    @abstractmethod
    def download(self, file_id: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """The content or a part of it; NoSuchFile when there is no such file."""

    @abstractmethod
    def info(self, file_id: str) -> FileInfo:
        """Size and time of a file; NoSuchFile when there is no such file."""

    @abstractmethod
    def delete(self, file_id: str) -> None:
        """Delete a file; NoSuchFile when there is no such file."""

    @abstractmethod
    def close(self) -> None:
        """Close the idle connections; the engine stays usable."""

    def stream(
        self, file_id: str, *, offset: int = 0, length: int | None = None, block: int = BLOCK
    ) -> Iterator[bytes]:
        """The content in blocks, each its own request: a slow consumer holds no connection.

        BadReply when it ends before the size that its server tells.
        """
        end = self.info(file_id).size if length is None else offset + length
        while offset < end:
            data = self.download(file_id, offset=offset, length=min(block, end - offset))
            if not data:
                ends_at(self.info(file_id), file_id, offset)
                return
            yield data
            offset += len(data)


def ends_at(info: FileInfo, file_id: str, offset: int) -> None:
    """BadReply when a file of which nothing came from an offset on has more than that."""
    if offset < info.size:
        raise BadReply(f"{file_id} ended at {offset} of its {info.size} bytes")
