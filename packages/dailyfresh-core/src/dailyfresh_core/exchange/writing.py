"""Tables that are taken away: what is read of them again is what was written."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from .table import DIGITS, FORMULA, BadFile

LONGEST = 32_767
"""Characters of a cell of XLSX; what is longer would be cut without a word."""


def write_csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A CSV file line by line, with the mark by which Excel knows UTF-8."""
    names = list(columns)
    line = io.StringIO()
    writer = csv.writer(line)
    yield b"\xef\xbb\xbf"
    writer.writerow([guarded(name, typed=False) for name in names])
    yield _taken(line)
    for row in rows:
        writer.writerow([guarded(row.get(name), typed=False) for name in names])
        yield _taken(line)


def write_json(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A JSON array, one object a line; what JSON has no form for, such as a Decimal, is text."""
    names = list(columns)
    yield b"["
    for number, row in enumerate(rows):
        text = json.dumps({name: row.get(name) for name in names}, ensure_ascii=False, default=str)
        yield (",\n" if number else "\n").encode() + text.encode(errors="backslashreplace")
    yield b"\n]\n"


def write_xlsx(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """An XLSX file. Raises `BadFile` for a text that no cell can hold: it is named by the first column of its row."""
    try:
        from openpyxl import Workbook
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    except ImportError as error:
        raise BadFile(_("XLSX files need the extra “xlsx” of dailyfresh-core.")) from error
    names = list(columns)
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([guarded(name) for name in names])
    try:
        for row in rows:
            cells = [guarded(row.get(name)) for name in names]
            for name, cell in zip(names, cells, strict=True):
                where = {"row": cells[0], "column": name, "number": LONGEST}
                if isinstance(cell, str) and len(cell) > LONGEST:
                    raise BadFile(
                        _("“%(row)s”, %(column)s: a cell of XLSX holds %(number)d characters. Export as CSV.") % where
                    )
                if isinstance(cell, str) and ILLEGAL_CHARACTERS_RE.search(cell):
                    raise BadFile(
                        _("“%(row)s”, %(column)s: XLSX can hold no control character. Export as CSV.") % where
                    )
            sheet.append(cells)
    finally:
        sheet.close()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _taken(line: io.StringIO) -> bytes:
    data = line.getvalue().encode()
    line.seek(0)
    line.truncate()
    return data


def guarded(value: Any, *, typed: bool = True) -> Any:
    """Text that a spreadsheet would run as a formula, or take for a number where its cells are not `typed`, made plain text by
    its own sign for that.
    """
    if not isinstance(value, str):
        return value
    digits = DIGITS.match(value) and (value[:1] == "'" or not typed)
    return f"'{value}" if digits or FORMULA.match(value) else value
