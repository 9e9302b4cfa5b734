"""A ZIP from somebody else: neither the sizes that it names, nor how it is packed, make one unpack more than is asked for."""

import zipfile
from typing import IO, Any

from django.utils.translation import gettext as _

from .table import BadFile

DIRECTORY = 4 * 1024 * 1024
"""Bytes of the list of its files, which Python reads as a whole, and keeps in twenty times as many: 25,000 long names."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Of the others zipfile unpacks all that a portion holds, which may be gigabytes."""


class Packed(zipfile.ZipFile):
    """Raises `BadFile` for what only a hostile file has, and all that `ZipFile` raises."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(_Short(file))
        self.fp = file

    def open(self, name: Any, mode: Any = "r", *args: Any, **kwargs: Any) -> IO[bytes]:
        member = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        if member.compress_type not in METHODS:
            raise BadFile(_("It is packed in a way that is not read here."))
        return super().open(member, mode, *args, **kwargs)

    def read(self, name: Any, pwd: bytes | None = None) -> bytes:
        """As many bytes as it says that it has: without a number zipfile unpacks as much as comes out."""
        member = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        with self.open(member, pwd=pwd) as packed:
            return packed.read(member.file_size)


class _Short:
    """A file of which the directory of a ZIP is read, if that is short."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int = -1) -> bytes:
        if size > DIRECTORY:
            raise BadFile(_("It holds too many files."))
        return self._file.read(DIRECTORY if size < 0 else size)
