"""One door to all kinds of file: whatever a library raises on the way becomes `BadFile`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import IO

from django.utils.translation import gettext as _

from .objects import open_json
from .sheets import open_xlsx
from .table import BadFile, How, Known, Row, Table
from .texts import open_csv

Opener = Callable[[IO[bytes], How, Known], Table]
OPENERS: dict[str, Opener] = {
    ".csv": open_csv, ".txt": open_csv, ".tsv": open_csv, ".xlsx": open_xlsx, ".json": open_json, ".jsonl": open_json,
}  # fmt: skip
ENDINGS = tuple(OPENERS)


def open_table(file: IO[bytes], name: str, how: How | None = None, *, known: Known = lambda heading: False) -> Table:
    """The table in a file, by the ending of its name; what `how` leaves open is found in it.

    The row with the headings is the one of the first twenty that has the most `known` ones, or else the first that is not blank;
    of several sheets the one where that row is. Raises `BadFile`, and so does reading the rows. The file must stay open and is
    read again from its beginning.
    """
    ending = PurePath(name).suffix.lower()
    if ending not in OPENERS:
        raise BadFile(_("A file must end with %(endings)s.") % {"endings": ", ".join(ENDINGS)})
    try:
        table = OPENERS[ending](file, how or How(), known)
    except BadFile:
        raise
    except Exception as error:
        raise _unreadable(ending, error) from error
    return replace(table, rows=_watched(table.rows, ending))


def _watched(rows: Iterator[Row], ending: str) -> Iterator[Row]:
    try:
        yield from rows
    except BadFile:
        raise
    except Exception as error:
        raise _unreadable(ending, error) from error


def _unreadable(ending: str, error: Exception) -> BadFile:
    kind = ending.removeprefix(".").upper()
    return BadFile(_("The %(kind)s file cannot be read: %(error)s") % {"kind": kind, "error": error})
