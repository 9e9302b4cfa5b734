"""Tables as CSV, XLSX and JSON, read and written without holding them in memory: a file is opened, shown, then read."""

from .reading import ENDINGS, open_table
from .table import BadFile, How, Row, Table
from .writing import guarded, write_csv, write_json, write_xlsx

__all__ = [
    "ENDINGS",
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
