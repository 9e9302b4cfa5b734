"""What can go wrong between us and a FastDFS cluster; every error is an `OSError` too, and one of the way there a `ConnectionError`."""

import errno


class FastDFSError(OSError):
    """Any failure of a FastDFS operation."""


class NoSuchFile(FastDFSError, FileNotFoundError):
    """The storage server that owns the file says that it is not there."""

    def __init__(self, file_id: str) -> None:
        super().__init__(errno.ENOENT, "FastDFS holds no such file", file_id)


class NoStorageAvailable(FastDFSError, ConnectionError):
    """The tracker knows no storage server for this request: it is not a statement about a file."""


class Refused(FastDFSError):
    """A server answered with an error status, kept in `status` (an errno value)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)
        self.status = status


class ServerUnreachable(FastDFSError, ConnectionError):
    """No connection could be opened, so nothing was sent."""


class ConnectionLost(FastDFSError, ConnectionError):
    """The connection ended in the middle of an exchange.

    `sent` is False as long as the request was incomplete: the server cannot have acted on it.
    """

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class ServerTimeout(ConnectionLost, TimeoutError):
    """The server was silent for longer than the network timeout."""


class BadReply(FastDFSError):
    """The peer answered something that is not the FastDFS protocol."""


class PoolExhausted(FastDFSError):
    """Every connection allowed to this server stayed in use for the whole waiting time."""


class WrongSize(FastDFSError):
    """The content had fewer or more bytes than announced; nothing was stored."""


class InvalidFileId(FastDFSError, ValueError):
    """The text is no FastDFS file id."""
