"""XLSX: the sheet and the heading are found in the file; what it says of its own size is not believed."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _

from .packed import Packed
from .table import SEARCHED, BadFile, How, Known, Row, Table, columns_in, heading_in, rows_under

LARGEST = 1024 * 1024 * 1024
"""Bytes that may come out of the archive: a small one may hold any number of the same."""

TEXTS = 128 * 1024 * 1024
"""Bytes of its texts, which the library keeps in memory."""

AROUND = 2 * 1024 * 1024
"""Bytes of each other part, as the styles: the library reads them whole before the first row."""

ROWS = 2**20
"""As many as Excel has; a row may say of itself that it is any number, and those before it are counted as empty ones."""
CELLS = 100_000_000
"""Of a sheet, those that a row passes over among them: one alone may name the last of 18,278 columns."""
MARKS, MARKS_OF_TEXTS = 1_000_000, 8_000_000
"""Signs of XML that may come before a row, or a row be made of, and all texts: each becomes an object of sixty bytes and more."""


def open_xlsx(file: IO[bytes], how: How, known: Known) -> Table:
    try:
        from .workbooks import Reader
    except ImportError as error:
        raise BadFile(_("XLSX files need the extra “xlsx” of dailyfresh-core.")) from error
    file.seek(0)
    reader = Reader(_Parts(file))
    reader.read()
    book = reader.wb
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    visible = [name for name, sheet in sheets.items() if sheet.sheet_state == "visible"]
    if how.sheet and how.sheet not in sheets:
        raise BadFile(_("There is no sheet “%s”.") % how.sheet)
    found: list[tuple[int, int, str, int, Any]] = []
    for name in [how.sheet] if how.sheet else visible or list(sheets):
        first = list(islice(_cells(sheets[name]), SEARCHED))
        try:
            count, heading = heading_in(first, known)
        except BadFile:  # a sheet without a row, as the two that Excel once put into every file
            continue
        found.append((count, -len(found), name, how.heading or heading, first))
    if not found:
        raise BadFile(_("There is no row in it."))
    _count, _place, name, heading, first = max(found)
    cells = next((row for number, row in first if number == heading), None)
    if cells is None:
        raise BadFile(_("There is no row %d.") % heading)
    columns = columns_in(cells)

    def rows() -> Iterator[Row]:
        with closing(book):
            yield from rows_under(columns, _cells(sheets[name]), heading, short_is_cut=False)

    return Table("XLSX", How("", "", name, heading), columns, rows(), list(sheets))


class _Parts(Packed):
    """The parts of a workbook: whatever they are called, none is read whole that is long, and texts as far as fit in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        if sum(part.file_size for part in self.infolist()) > LARGEST:
            raise _too_large()

    def read(self, name: Any, pwd: bytes | None = None) -> bytes:
        if self.getinfo(name).file_size > AROUND:
            raise _too_large()
        return super().read(name, pwd)

    def open(self, name: Any, *args: Any, **kwargs: Any) -> Any:
        return _Counted(super().open(name, *args, **kwargs), MARKS)

    def texts(self, name: str) -> Any:
        if self.getinfo(name).file_size > TEXTS:
            raise _too_large()
        return _Counted(super().open(name), MARKS_OF_TEXTS)


class _Counted:
    """A part whose signs are counted while it is read."""

    def __init__(self, part: IO[bytes], most: int) -> None:
        self.part, self.most, self.marks = part, most, 0

    def read(self, size: int = -1) -> bytes:
        data = self.part.read(size)
        self.marks += data.count(b"<")
        if self.marks > self.most:
            raise _too_large()
        return data

    def close(self) -> None:
        self.part.close()

    def __enter__(self) -> "_Counted":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _too_large() -> BadFile:
    return BadFile(_("It is too large once it is unpacked. Save it as CSV."))


def _cells(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        sheet.source.marks = 0
        cells += len(row)
        if number > ROWS or cells > CELLS:
            raise _too_large()
        yield number, row
