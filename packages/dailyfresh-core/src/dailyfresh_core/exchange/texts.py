"""CSV: the encoding, the separator and the heading are found in the file itself."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _

from .table import SEARCHED, BadFile, How, Known, Table, columns_in, heading_in, rows_under

ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "cp1252": "Windows-1252",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}
"""Python's name -> what the merchant is shown."""

SEPARATORS = {",": ",", ";": ";", "\t": "Tab"}
LONGEST = 16 * 1024 * 1024
"""Characters of one cell: the longest that a text column of MariaDB's default holds in one packet."""

SAMPLE = 65536
COMMON = {
    # The two bytes of punctuation and of the characters that each standard sorts in as the common ones.
    "gb18030": ((0xA1, 0xA3), (0xB0, 0xD7), 0xA1),
    "big5": ((0xA1, 0xA3), (0xA4, 0xC6), 0x40),
}
SURE = 0.6


def open_csv(file: IO[bytes], how: How, known: Known) -> Table:
    encoding = how.encoding or encoding_of(file)
    found = []
    for separator in [how.separator] if how.separator else SEPARATORS:
        with _text(file, encoding) as text:
            first = list(islice(_cells(text, separator, strict=False), SEARCHED))
        known_here, heading = heading_in(first, known)
        heading = how.heading or heading
        cells = next((row for number, row in first if number == heading), None)
        if cells is None:
            raise BadFile(_("There is no row %d.") % heading)
        found.append((known_here, len(cells), separator, heading, cells))
    _known, _number, separator, heading, cells = max(found, key=lambda one: one[:2])
    columns = columns_in(cells)

    def rows() -> Iterator[Any]:
        with _text(file, encoding) as text:
            yield from rows_under(columns, _cells(text, separator, strict=True), heading, short_is_cut=True)

    return Table("CSV", How(encoding, separator, "", heading), columns, rows())


def encoding_of(file: IO[bytes]) -> str:
    """Python's name of the encoding that the whole file is in: a mark tells it, or that it is UTF-8, or which characters come of it."""
    file.seek(0)
    start = file.read(SAMPLE)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[:2000].count(0) * 20 > len(start[:2000]):  # a letter of ASCII has an empty half
        return "utf-16-be" if start[:2000:2].count(0) > start[1:2000:2].count(0) else "utf-16-le"
    if _decodes(file, "utf-8-sig"):
        return "utf-8-sig"
    file.seek(0)
    sample = bytearray()
    for line in file:
        if not line.isascii():
            sample += line
        if len(sample) > SAMPLE:
            break
    scores = {name: _common(bytes(sample), name) for name in COMMON}
    best = max(scores, key=lambda name: scores[name])
    order = [best] if scores[best] >= SURE else []
    for name in (*order, "cp1252", "gb18030"):
        if _decodes(file, name):
            return name
    raise BadFile(_("The file is a text in none of the encodings %s.") % ", ".join(sorted(set(ENCODINGS.values()))))


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(SAMPLE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _common(sample: bytes, encoding: str) -> float:
    """The part of the characters beyond ASCII that are common ones, if the sample is in this encoding."""
    signs, letters, lowest = COMMON[encoding]
    text = sample.decode(encoding, "replace")
    beyond = [char for char in text if not char.isascii()]
    common = 0
    for char in beyond:
        pair = b"" if char == "\ufffd" else char.encode(encoding)
        if len(pair) == 2 and pair[1] >= lowest:
            common += signs[0] <= pair[0] <= signs[1] or letters[0] <= pair[0] <= letters[1]
    return common / len(beyond) if beyond else 0.0


@contextmanager
def _text(file: IO[bytes], encoding: str) -> Iterator[IO[str]]:
    file.seek(0)
    try:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
    except LookupError as error:
        raise BadFile(_("There is no encoding “%s”.") % encoding) from error
    try:
        yield text
    finally:
        if not file.closed:  # rows that nobody has read to the end may outlive it
            text.detach()


def _cells(text: IO[str], separator: str, *, strict: bool) -> Iterator[tuple[int, list[str]]]:
    """The rows by the lines that they begin in; `strict` refuses what a wrong separator would make of quoted cells."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST))  # for the whole process; the 128 KB of Python are few
    reader, begun = csv.reader(text, delimiter=separator, strict=strict), 1
    try:
        for row in reader:
            yield begun, row
            begun = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(_("Row %(row)d cannot be read: %(error)s.") % {"row": begun, "error": error}) from error
    except UnicodeDecodeError as error:
        shown = ENCODINGS.get(encoding := error.encoding, encoding)
        raise BadFile(_("What follows row %(row)d is not %(encoding)s.") % {"row": begun, "encoding": shown}) from error
