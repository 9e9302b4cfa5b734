"""What a file is once it is opened: how it is read, what its columns are called, and its rows."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

Known = Callable[[str], bool]
"""Whether a heading is one that the reader of the table expects."""

Cells = Iterable[tuple[int, Sequence[Any]]]
"""(number of the row as the merchant's program shows it, its cells)"""

WIDEST = 256
"""Headings of a table: as many columns as the oldest spreadsheets have."""

SEARCHED = 20
"""Rows in which the one with the headings is looked for."""

FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""How a text begins that a spreadsheet would run, or that was guarded against that by an apostrophe."""

DIGITS = re.compile(r"'*(?:0[0-9]+|[0-9]{12,})\Z")
"""A text that a spreadsheet takes for a number when it opens a CSV file: without its noughts, and as 2.02611E+19."""


class BadFile(Exception):
    """A file that cannot be read, or written, as a table; the text says why, for the merchant."""


@dataclass(frozen=True, slots=True)
class How:
    """How a file is read; what is empty is found out. `heading` is the number of the row that names the columns."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    heading: int = 0


class Row(NamedTuple):
    """A row: heading -> cell, for the headings that it has. `fault` says why no cell of it can be trusted."""

    number: int
    values: dict[str, Any]
    fault: str = ""


@dataclass(slots=True)
class Table:
    """A file that was opened; `rows` may be read once, and raises `BadFile` where the file ends being a table."""

    kind: str
    how: How
    columns: list[str]
    rows: Iterator[Row]
    sheets: Sequence[str] = ()


def name_of(cell: object) -> str:
    """A heading without what surrounds it, or guards it."""
    return " ".join(str(unguarded(cell) if cell is not None else "").split())


def is_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def heading_in(first: Sequence[tuple[int, Sequence[Any]]], known: Known) -> tuple[int, int]:
    """(how many headings are known, number) of the row that names the columns: the first that fills a cell where none is known."""
    filled = [(number, cells) for number, cells in first if not all(map(is_blank, cells))]
    if not filled:
        raise BadFile(_("There is no row in it."))
    counts = [(sum(known(name_of(cell)) for cell in cells), -number) for number, cells in filled]
    count, number = max(counts)
    return count, -number if count else filled[0][0]


def columns_in(cells: Sequence[Any]) -> list[str]:
    """The headings of a row, in order; empty where a column has none. No two may be the same: nobody knows which counts."""
    columns = [name_of(cell) for cell in cells]
    if sum(map(bool, columns)) > WIDEST:
        raise BadFile(_("It has more than %d columns.") % WIDEST)
    once: set[str] = set()
    for name in filter(None, columns):
        if name.lower() in once:
            raise BadFile(_("The heading “%s” stands twice.") % name)
        once.add(name.lower())
    return columns


def rows_under(columns: Sequence[str], cells: Cells, heading: int, *, short_is_cut: bool) -> Iterator[Row]:
    """The rows below the heading that fill a cell. One that is too long, or too short where that is a damage, is at fault."""
    for number, row in cells:
        if number <= heading or all(map(is_blank, row)):
            continue
        values = {name: unguarded(cell) for name, cell in zip(columns, row, strict=False) if name}
        # An export of a spreadsheet has separators up to the last column of the sheet.
        beyond = [at for at, cell in enumerate(row) if not is_blank(cell) and (at >= len(columns) or not columns[at])]
        if beyond or (short_is_cut and len(row) < len(columns)):
            numbers = {"cells": len(row), "columns": len(columns)}
            yield Row(number, values, _("The row has %(cells)d cells and the heading %(columns)d.") % numbers)
        else:
            yield Row(number, values | {name: None for name in columns[len(row) :] if name})


def unguarded(cell: Any) -> Any:
    """A text as it was before `guarded`."""
    guarded = isinstance(cell, str) and cell[:1] == "'" and (FORMULA.match(cell) or DIGITS.match(cell))
    return cell[1:] if guarded else cell
