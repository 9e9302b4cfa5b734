"""Tables as CSV, XLSX and JSON, read and written without holding them in memory: a file is opened, shown, then read."""

from .reading import ENDINGS, open_table
from .table import BadFile, How, Row, Table
from .texts import ENCODINGS, SEPARATORS
from .writing import guarded, write_csv, write_json, write_xlsx

__all__ = [
    "ENCODINGS",
    "ENDINGS",
    "SEPARATORS",
    "BadFile",
    "How",
    "Row",
    "Table",
    "guarded",
    "open_table",
    "write_csv",
    "write_json",
    "write_xlsx",
]
