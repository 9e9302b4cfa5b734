"""XLSX: the sheet and the heading are found in the file; what it says of its own size is not believed."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _

from .table import SEARCHED, BadFile, How, Known, Row, Table, columns_in, heading_in, rows_under

LARGEST = 1024 * 1024 * 1024
"""Bytes that may come out of the archive: a small one may hold any number of the same."""

TEXTS = 128 * 1024 * 1024
"""Bytes of its texts, which the library keeps in memory."""


AROUND = 2 * 1024 * 1024
"""Bytes of each other part, as the styles: the library reads them whole before the first row."""
ROWS = re.compile(r"xl/(worksheets/[^/]+\.xml|sharedStrings\.xml|media/.*|drawings/.*)", re.IGNORECASE)


def open_xlsx(file: IO[bytes], how: How, known: Known) -> Table:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise BadFile(_("XLSX files need the extra “xlsx” of dailyfresh-core.")) from error
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        sizes = {item.filename: item.file_size for item in archive.infolist()}
        around = max((size for name, size in sizes.items() if not ROWS.fullmatch(name)), default=0)
        if sum(sizes.values()) > LARGEST or sizes.get("xl/sharedStrings.xml", 0) > TEXTS or around > AROUND:
            raise BadFile(_("It is too large once it is unpacked. Save it as CSV."))
    book = load_workbook(file, read_only=True, data_only=True)
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


def _cells(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    sheet.reset_dimensions()
    yield from enumerate(sheet.iter_rows(values_only=True), 1)
