"""What the commands of a storage server share: names that are checked, and content that arrives."""

import re
import zlib
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, ClassVar

from ..client.wire import GROUP_WIDTH, Status, unpack_text
from ..exceptions import InvalidFileId
from ..names import FileId, parse_file_id
from .disk import Disk
from .protocol import Refusal, RequestHandler

PIECE = 256 * 1024
LONGEST_NAME = 128
_ENDING = re.compile(r"[A-Za-z0-9._-]*")


class NamedFiles(RequestHandler):
    """Reads names and content from requests to one group."""

    disk: ClassVar[Disk]
    group: ClassVar[str]
    source: ClassVar[str]
    stays_open: ClassVar[frozenset[int]] = frozenset({Status.OK, Status.MISSING, Status.EXISTS})

    def check_group(self) -> None:
        """The group in front of a name is ours."""
        if self.left < GROUP_WIDTH or unpack_text(self.read(GROUP_WIDTH)) != self.group:
            raise Refusal(Status.INVALID)

    def named(self) -> Path:
        """The file that the rest of the request names, after its group."""
        self.check_group()
        if not 0 < self.left < LONGEST_NAME:
            raise Refusal(Status.INVALID)
        return self.path(self.read(self.left).decode("ascii", "replace"))

    def path(self, name: str) -> Path:
        """Where a file lies or would lie."""
        path = self.disk.path(name)
        if path is None:
            raise Refusal(Status.INVALID)
        return path

    def existing(self, name: str) -> Path:
        """Where a file lies."""
        path = self.path(name)
        if not path.is_file():
            raise Refusal(Status.MISSING)
        return path

    def facts(self, path: Path) -> FileId | None:
        """What the name of a file tells; None where it is no name of FastDFS."""
        with suppress(InvalidFileId):
            return parse_file_id(f"{self.group}/M00/00/00/{path.name}")
        return None

    def copy(self, file: BinaryIO, size: int) -> int:
        """Write that much content of the request to a file and give its checksum."""
        crc32 = 0
        while size:
            data = self.read(min(size, PIECE))
            crc32 = zlib.crc32(data, crc32)
            file.write(data)
            size -= len(data)
        return crc32


def ending(field: bytes) -> str:
    """The text of an extension or prefix field, with the characters that FastDFS allows."""
    text = unpack_text(field)
    if not _ENDING.fullmatch(text):
        raise Refusal(Status.INVALID)
    return text
