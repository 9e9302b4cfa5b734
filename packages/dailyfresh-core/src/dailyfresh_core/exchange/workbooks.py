"""openpyxl, as it reads a workbook from somebody else. Imported only where the extra “xlsx” is installed."""

from typing import Any

from openpyxl.reader.excel import SHARED_STRINGS, ExcelReader, read_string_table
from openpyxl.worksheet._read_only import ReadOnlyWorksheet


class Sheet(ReadOnlyWorksheet):  # type: ignore[misc]  # the library has no types
    """A sheet that is read when its rows are asked for: where it does not say how large it is, all of it was read for that before."""

    source: Any = None
    """What is being read."""

    def _get_size(self) -> None:
        pass

    def _get_source(self) -> Any:
        self.source = super()._get_source()
        return self.source


class Reader(ExcelReader):  # type: ignore[misc]
    """Reads `parts`: texts as far as they let it, and sheets of cells alone."""

    def __init__(self, parts: Any) -> None:
        super().__init__(parts.fp, read_only=True, data_only=True, keep_links=False)
        self.archive = parts

    def read_strings(self) -> None:
        if found := self.package.find(SHARED_STRINGS):
            with self.archive.texts(found.PartName[1:]) as texts:
                self.shared_strings = read_string_table(texts)

    def read_worksheets(self) -> None:
        for said, part in self.parser.find_sheets():
            if part.target in self.valid_files and "chartsheet" not in part.Type:
                sheet = Sheet(self.wb, said.name, part.target, self.shared_strings)
                sheet.sheet_state = said.state
                self.wb._sheets.append(sheet)
