import io
import json
from typing import Any

import pytest
from dailyfresh_core.exchange import BadFile, read_rows, write_csv, write_xlsx

ROWS = [{"name": "草莓", "price": "12.50"}, {"name": "=1+1", "price": "-3"}]


def read(data: bytes, name: str) -> list[tuple[int, dict[str, Any]]]:
    return list(read_rows(io.BytesIO(data), name))


def test_what_is_written_as_csv_is_read_again() -> None:
    data = b"".join(write_csv(["name", "price"], ROWS))
    assert data.startswith(b"\xef\xbb\xbf")
    assert "'=1+1" in data.decode()
    assert [row for _number, row in read(data, "goods.csv")] == ROWS


def test_what_is_written_as_xlsx_is_read_again() -> None:
    pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    assert [row for _number, row in read(write_xlsx(["name", "price"], ROWS), "goods.XLSX")] == ROWS


def test_a_csv_file_from_excel_in_china_is_read() -> None:
    assert read("name\n草莓\n".encode("gb18030"), "a.csv") == [(2, {"name": "草莓"})]


@pytest.mark.parametrize("text", [json.dumps(ROWS), "\n".join(map(json.dumps, ROWS))])
def test_json_is_read_as_an_array_or_one_object_a_line(text: str) -> None:
    assert read(text.encode(), "a.json") == [(1, ROWS[0]), (2, ROWS[1])]


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "a.pdf", "must end with"),
        (b"[1]", "a.json", "Object 1"),
        (b'[{"a": 1}, {', "a.json", "after object 1"),
        (b"a\n\xff\xff\xff\xff\n", "a.csv", "CSV file cannot be read"),
        (b"no zip", "a.xlsx", "XLSX"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(data: bytes, name: str, sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence):
        read(data, name)
