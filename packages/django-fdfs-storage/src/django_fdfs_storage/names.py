"""File ids, extensions and tokens: what a FastDFS name says without asking a server."""

import re
import struct
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5
from hmac import compare_digest
from http import HTTPStatus
from ipaddress import IPv4Address

from .exceptions import InvalidFileId

GROUP = "[A-Za-z0-9_-]{1,16}"
_FILE_ID = re.compile(
    rf"(?P<group>{GROUP})/"
    r"(?P<path>M[0-9A-F]{2}/[0-9A-F]{2}/[0-9A-F]{2}/(?P<code>[A-Za-z0-9_-]{27})[A-Za-z0-9._-]{1,56})"
)
# group/M00/00/00/ and 34 characters, and 16 more inside a trunk; slave files add a prefix of up to 16.
LONGEST_ID, LONGEST_GROUP = 77, 16
# No header takes a new line, and no file name the rest.
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_FACTS = struct.Struct("!4sIQI")
# Marks in the size: an appender file, which tells none; and a file in a trunk, whose name goes on with its place there.
_APPENDER, _TRUNK = 1 << 58, 1 << 59

# FastDFS takes six letters at most; these are the longer suffixes with a short twin.
_SHORT = {"geojson": "json", "jpeg2000": "jp2", "markdown": "md", "webmanifest": "json", "topojson": "json"}


@dataclass(frozen=True)
class FileId:
    """A file id taken apart: "group1/M00/00/00/<27 characters of facts><ending>"."""

    group: str
    path: str
    code: str

    def __str__(self) -> str:
        return f"{self.group}/{self.path}"

    @property
    def created(self) -> int:
        """When the server named the file, in Unix seconds."""
        return int(self._facts[1])

    @property
    def source(self) -> str:
        """The IP of the server that took the upload; meaningless when servers have ids."""
        return str(IPv4Address(self._facts[0]))

    @property
    def size(self) -> int | None:
        """The size in bytes; None for appender and slave files, which do not carry it.

        A slave file whose name happens to have the length of a master's tells its master's size.
        """
        word = int(self._facts[2])
        if word & _APPENDER or len(self.path) != (60 if word & _TRUNK else 44):
            return None
        return word & 0xFFFFFFFF if word >> 63 or word & _TRUNK else word

    @property
    def appender(self) -> bool:
        """Whether the content may change."""
        return bool(int(self._facts[2]) & _APPENDER)

    @property
    def crc32(self) -> int | None:
        """The checksum of the content, where the size is known."""
        return None if self.size is None else int(self._facts[3])

    @property
    def _facts(self) -> tuple[bytes, int, int, int]:
        address, created, size, crc32 = _FACTS.unpack(urlsafe_b64decode(self.code + "="))
        return address, created, size, crc32


def parse_file_id(text: str) -> FileId:
    """The parts of a file id; InvalidFileId for any other text."""
    match = _FILE_ID.fullmatch(str(text))
    if match is None:
        raise InvalidFileId(f"{text!r} is not a FastDFS file id")
    return FileId(**match.groupdict())


def is_file_id(text: str) -> bool:
    """Whether the text, or a path given for one, has the form of a FastDFS file id."""
    return _FILE_ID.fullmatch(str(text)) is not None


def extension_of(name: str) -> str:
    """The extension to store a file under: at most six letters or digits, else none at all.

    A server closes the connection on any other (status 22), so a name never decides that.
    """
    _stem, dot, suffix = name.replace("\\", "/").rpartition("/")[2].rpartition(".")
    suffix = suffix.lower()
    suffix = _SHORT.get(suffix, suffix)
    return suffix if dot and re.fullmatch(r"[a-z0-9]{1,6}", suffix) else ""


def anti_steal_token(path: str, *, secret: str, timestamp: int) -> str:
    """The token that fastdfs-nginx-module asks for; `path` is the file id without its group."""
    return md5(f"{path}{secret}{timestamp}".encode(), usedforsecurity=False).hexdigest()


def token_fault(path: str, query: Mapping[str, str], *, secret: str, life: int) -> HTTPStatus | None:
    """Why a file may not be had by the token in a query, of which fastdfs-nginx-module says 400 in each case; None when it may.

    A token lives `life` seconds from its `ts`; one of `ts` 0 never ends.
    """
    token, timestamp = query.get("token"), query.get("ts", "")
    if not token or not timestamp.isdecimal() or len(timestamp) > 20:
        return HTTPStatus.BAD_REQUEST
    expected = anti_steal_token(path, secret=secret, timestamp=int(timestamp))
    fresh = int(timestamp) == 0 or time.time() - int(timestamp) <= life
    return None if fresh and compare_digest(token.encode(), expected.encode()) else HTTPStatus.FORBIDDEN
