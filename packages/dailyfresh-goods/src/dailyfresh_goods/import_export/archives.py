"""A table and its pictures in one ZIP: read where it lies, nothing of it is unpacked to a name that it gives."""

import shutil
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from os import SEEK_END
from pathlib import PurePosixPath
from typing import IO, NamedTuple

from dailyfresh_core.exchange import ENDINGS, BadFile
from dailyfresh_core.exchange.packed import Packed
from django.utils.translation import gettext as _

ZIP = ".zip"
MEMBERS = 20_000
PICTURE = 20 * 2**20
TABLE = 2**27
"""Bytes that the table may unpack to; what an XLSX holds is bounded once more where it is read."""
GROWTH, SMALL = 10, 16 * 2**20
"""How many times as many bytes as the file has its pictures may have, which hardly shrink when they are packed; and what they always may."""
UTF_8 = 0x800
"""Flag of a member whose name is UTF-8; without it the name is in the code page of whoever packed it."""
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)
"""What reading leads to: damaged, encrypted, packed in a way that Python does not know."""


class Archive:
    """The files of a ZIP by the names that a table gives them: the path, or its last part where only one file has that."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self.zip: Packed = Packed(file)
        except DAMAGED as error:
            raise BadFile(_("The ZIP file cannot be read.")) from error
        members = [one for one in self.zip.infolist() if not one.is_dir()]
        if len(members) > MEMBERS:
            raise BadFile(_("The ZIP file holds more than %d files.") % MEMBERS)
        self.paths: dict[PurePosixPath, zipfile.ZipInfo] = {
            path: one for one in members if (path := path_of(one)) and not _is_of_a_system(path)
        }
        sizes = (one.file_size for path, one in self.paths.items() if path.suffix.lower() not in ENDINGS)
        together = sum(size for size in sizes if size <= PICTURE)  # those that are larger are not taken
        if together > GROWTH * file.seek(0, SEEK_END) + SMALL:
            raise BadFile(_("Its pictures are too large once they are unpacked."))
        last = Counter(path.name for path in self.paths)
        alone = {path.name: one for path, one in self.paths.items() if last[path.name] == 1}
        self.named: dict[str, zipfile.ZipInfo] = alone | {str(path): one for path, one in self.paths.items()}

    def table(self) -> tuple[zipfile.ZipInfo, str]:
        """The one table in it, and its name."""
        tables = [(one, path.name) for path, one in self.paths.items() if path.suffix.lower() in ENDINGS]
        if len(tables) != 1:
            raise BadFile(_("A ZIP file must hold one table (%(endings)s); this one has %(n)d.") % {"endings": ", ".join(ENDINGS), "n": len(tables)})  # fmt: skip
        if tables[0][0].file_size > TABLE:
            raise BadFile(_("It is too large once it is unpacked. Save it as CSV."))
        return tables[0]

    def picture(self, name: str) -> bytes | None:
        """The bytes of a picture; None where there is none of that name, empty where it is too large or cannot be read."""
        member = self.named.get(name.strip().replace("\\", "/").removeprefix("./"))
        if member is None:
            return None
        if member.file_size > PICTURE:
            return b""
        try:
            return self.zip.read(member)
        except (BadFile, *DAMAGED):
            return b""


def path_of(member: zipfile.ZipInfo) -> PurePosixPath:
    """Its path as it was meant: Windows in Chinese writes names in GBK, which Python reads as those of an old American one."""
    name = member.filename
    if not member.flag_bits & UTF_8 and not name.isascii():
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return PurePosixPath(name.replace("\\", "/"))


def _is_of_a_system(path: PurePosixPath) -> bool:
    """What macOS and others add."""
    return path.parts[:1] == ("__MACOSX",) or path.name.startswith(".")


class Content(NamedTuple):
    """What is taken in: the table with its name, and the archive where it came with pictures."""

    file: IO[bytes]
    name: str
    archive: Archive | None


@contextmanager
def content_in(file: IO[bytes], name: str) -> Iterator[Content]:
    """The table of a file of goods, which may stand in a ZIP. Raises `BadFile`."""
    if not name.lower().endswith(ZIP):
        yield Content(file, name, None)
        return
    archive = Archive(file)
    member, name = archive.table()
    with archive.zip, tempfile.TemporaryFile() as table:
        try:
            with archive.zip.open(member) as packed:
                shutil.copyfileobj(packed, table)
        except DAMAGED as error:
            raise BadFile(_("The ZIP file cannot be read.")) from error
        table.seek(0)
        yield Content(table, name, archive)
