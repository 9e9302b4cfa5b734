"""JSON: objects in an array, or one after the other, read piece by piece."""

import io
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _

from .table import SEARCHED, WIDEST, BadFile, How, Known, Row, Table
from .texts import encoding_of

PIECE = 65536
HALVES = re.compile("[\ud800-\udfff]")
"""Half a character, which an escape can say and no text hold: it could be neither shown nor kept."""
NONE = "\uffff"
"""No character either, but one that can be shown: whoever takes no such text says so."""
LONGEST = 16 * 1024 * 1024
"""Characters of one object."""


def open_json(file: IO[bytes], how: How, known: Known) -> Table:
    """The columns are those of the first objects; every object may have others."""
    encoding = how.encoding or encoding_of(file)

    def rows() -> Iterator[Row]:
        file.seek(0)
        text = io.TextIOWrapper(file, encoding=encoding)
        try:
            yield from _Objects(text).rows()
        finally:
            if not file.closed:
                text.detach()

    first = list(islice(rows(), SEARCHED))
    if not first:
        raise BadFile(_("There is no row in it."))
    columns = list(dict.fromkeys(name for row in first for name in row.values))
    if len(columns) > WIDEST:
        raise BadFile(_("It has more than %d columns.") % WIDEST)
    return Table("JSON", How(encoding), columns, rows())


class _Objects:
    """The objects of a text, of which as much is in memory as the longest object takes."""

    decoder = json.JSONDecoder(object_pairs_hook=lambda pairs: _object(pairs), parse_constant=lambda name: _none(name))

    def __init__(self, text: IO[str]) -> None:
        self.text, self.buffer, self.number = text, "", 0

    def rows(self) -> Iterator[Row]:
        array = self._sign() == "["
        if array:
            self.buffer = self.buffer[1:]
        while (sign := self._sign()) and sign != "]":
            if array and self.number:
                if sign != ",":
                    raise self._unreadable()
                self.buffer = self.buffer[1:]
            yield self._row()
        if array != (sign == "]"):
            raise self._unreadable()
        self.buffer = self.buffer[1:]
        if self._sign():
            raise self._unreadable()

    def _sign(self) -> str:
        """The next character that is no space, which stays in the buffer; empty at the end."""
        while not (buffer := self.buffer.lstrip()) and self._fill():
            pass
        self.buffer = buffer
        return buffer[:1]

    def _fill(self) -> bool:
        """Twice as much each time, so that a long object is not begun anew too often."""
        piece = self.text.read(max(PIECE, len(self.buffer)))
        self.buffer += piece
        return bool(piece)

    def _row(self) -> Row:
        if self._sign() != "{":
            raise BadFile(_("Object %d of the JSON file is none.") % (self.number + 1))
        while True:
            try:
                values, end = self.decoder.raw_decode(self.buffer)
                break
            except json.JSONDecodeError as error:
                if len(self.buffer) > LONGEST or not self._fill():
                    raise self._unreadable() from error
        self.number, self.buffer = self.number + 1, self.buffer[end:]
        return Row(self.number, values)

    def _unreadable(self) -> BadFile:
        return BadFile(_("The JSON file cannot be read after object %d.") % self.number)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    pairs = [
        (HALVES.sub(NONE, name), HALVES.sub(NONE, cell) if isinstance(cell, str) else cell) for name, cell in pairs
    ]
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _value in pairs]
        raise BadFile(_("The heading “%s” stands twice.") % next(name for name in names if names.count(name) > 1))
    return values


def _none(name: str) -> Any:
    raise BadFile(_("“%s” is no number.") % name)
