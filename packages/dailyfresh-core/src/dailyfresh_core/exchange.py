"""Reading and writing tables without holding them in memory."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import IO, Any

from django.utils.translation import gettext as _

Row = dict[str, Any]
Numbered = Iterator[tuple[int, Row]]
"""(number of the row as the merchant's program shows it, column -> value)"""


class BadFile(Exception):
    """A file that cannot be read as a table; the text says why, for the merchant."""


CHUNK = 65536
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read_rows(file: IO[bytes], name: str) -> Numbered:
    """The rows of a CSV (UTF-8 or GB 18030), XLSX or JSON file, by the ending of its name; `BadFile` when it is none."""
    ending = PurePath(name).suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        raise BadFile(_("A file must end with %(endings)s.") % {"endings": ", ".join(READERS)})
    return reader(file)


def _csv(file: IO[bytes]) -> Numbered:
    head = file.read(CHUNK)
    file.seek(0)
    try:
        head.decode("utf-8-sig")
        encoding = "utf-8-sig"
    except UnicodeDecodeError as error:
        # The end of the chunk may cut a character in two; anything before is another encoding: Excel's in China.
        encoding = "utf-8-sig" if error.start > len(head) - 4 else "gb18030"
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        reader = csv.DictReader(text)
        for row in reader:
            yield reader.line_num, {_name(key): _unguarded(value) for key, value in row.items() if key is not None}
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile(_("The CSV file cannot be read: %s") % error) from error
    finally:
        text.detach()


def _xlsx(file: IO[bytes]) -> Numbered:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise BadFile(_("XLSX files need the extra “xlsx” of dailyfresh-core.")) from error
    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except Exception as error:
        raise BadFile(_("The XLSX file cannot be read: %s") % error) from error
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        names = [_name(name) for name in next(rows, ())]
        for number, values in enumerate(rows, 2):
            if any(value is not None for value in values):
                yield number, {name: _unguarded(value) for name, value in zip(names, values, strict=False) if name}
    finally:
        book.close()


def _json(file: IO[bytes]) -> Numbered:
    """Objects one after the other, in an array or one a line; read piece by piece."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig")
    decoder, buffer, number, ended = json.JSONDecoder(), "", 0, False
    try:
        while True:
            buffer = buffer.lstrip(" \t\r\n,[]")
            try:
                row, end = decoder.raw_decode(buffer)
            except json.JSONDecodeError as error:
                if ended:
                    if buffer:
                        raise BadFile(_("The JSON file cannot be read after object %d.") % number) from error
                    return
                piece = text.read(CHUNK)
                ended, buffer = not piece, buffer + piece
                continue
            number, buffer = number + 1, buffer[end:]
            if not isinstance(row, dict):
                raise BadFile(_("Object %d of the JSON file is none.") % number)
            yield number, row
    except UnicodeDecodeError as error:
        raise BadFile(_("The JSON file cannot be read after object %d.") % number) from error
    finally:
        text.detach()


READERS: dict[str, Callable[[IO[bytes]], Numbered]] = {".csv": _csv, ".xlsx": _xlsx, ".json": _json, ".jsonl": _json}


def write_csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A CSV file line by line, with the mark by which Excel knows UTF-8."""
    names = list(columns)
    line = io.StringIO()
    writer = csv.writer(line)
    yield b"\xef\xbb\xbf"
    writer.writerow(names)
    yield _taken(line)
    for row in rows:
        writer.writerow([guarded(row.get(name)) for name in names])
        yield _taken(line)


def write_xlsx(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """An XLSX file."""
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise BadFile(_("XLSX files need the extra “xlsx” of dailyfresh-core.")) from error
    names = list(columns)
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(names)
    for row in rows:
        sheet.append([guarded(row.get(name)) for name in names])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _taken(line: io.StringIO) -> bytes:
    data = line.getvalue().encode()
    line.seek(0)
    line.truncate()
    return data


def _name(value: object) -> str:
    return str(value or "").strip().lower()


def guarded(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula, made plain text by its own sign for that."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _unguarded(value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
        return value[1:] if value[:1] == "'" and value[1:].startswith(FORMULA) else value
    return value
