import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from dailyfresh_core.exchange import BadFile, How, Table, open_table, write_csv, write_json, write_xlsx
from dailyfresh_core.exchange.packed import Packed
from hypothesis import given
from hypothesis import strategies as st

ROWS = [{"name": "草莓", "price": "12.50"}, {"name": "=1+1", "price": "-3"}, {"name": "'=x", "price": "''-"}]
KNOWN = {"name", "price", "名称", "价格"}.__contains__
CHINESE = "名称,价格\n红富士苹果,9.90\n雪花梨,3.50\n进口香蕉,5\n"


def opened(data: bytes, name: str = "a.csv", how: How | None = None) -> Table:
    return open_table(io.BytesIO(data), name, how, known=KNOWN)


def read(data: bytes, name: str = "a.csv") -> list[tuple[int, dict[str, Any]]]:
    return [(row.number, row.values) for row in opened(data, name).rows]


def faults(data: bytes, name: str = "a.csv") -> list[int]:
    return [row.number for row in opened(data, name).rows if row.fault]


def book(*sheets: Iterable[Iterable[Any]], hidden: int | None = None) -> bytes:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.active)
    for number, rows in enumerate(sheets):
        sheet = made.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(list(row))
        if number == hidden:
            sheet.sheet_state = "hidden"
    made.save(out)
    return out.getvalue()


def test_what_is_written_as_csv_is_read_again() -> None:
    data = b"".join(write_csv(["name", "price"], ROWS))
    assert data.startswith(b"\xef\xbb\xbf")
    assert "'=1+1" in data.decode()
    assert [row for _number, row in read(data)] == ROWS


@pytest.mark.parametrize("written", [write_csv, write_xlsx])
def test_no_heading_and_no_cell_is_run_by_a_spreadsheet_and_both_are_read_again(written: Any) -> None:
    pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    nasty = ["=1+1", "＝1+1", "@SUM(1)", "-2+3", "\tx", "＋1"]
    rows = [{heading: heading for heading in nasty}]
    out = written(nasty, rows)
    data = out if isinstance(out, bytes) else b"".join(out)
    if written is write_csv:
        lines = data.decode("utf-8-sig").splitlines()
        assert not [cell for line in lines for cell in line.split(",") if cell.lstrip('"')[:1] in "=＝@-+＋\t"]
    table = opened(data, "a.csv" if written is write_csv else "a.xlsx", How(heading=1))
    assert table.columns == [heading.strip() for heading in nasty]
    assert [list(row.values.values()) for row in table.rows] == [nasty]


def test_numbers_that_are_names_stay_text_in_a_spreadsheet() -> None:
    rows = [{"name": text, "price": 12} for text in ("20261129000000012345", "0012", "'0012", "12", "6901234567892")]
    data = b"".join(write_csv(["name", "price"], rows))
    assert data.decode("utf-8-sig").splitlines()[1:] == [
        "'20261129000000012345,12", "'0012,12", "''0012,12", "12,12", "'6901234567892,12",
    ]  # fmt: skip
    again = [{**row, "price": int(row["price"])} for _number, row in read(data)]
    assert again == rows
    assert [row for _number, row in read(write_xlsx(["name", "price"], rows), "a.xlsx")] == rows


def test_what_is_written_as_xlsx_is_read_again() -> None:
    pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    assert [row for _number, row in read(write_xlsx(["name", "price"], ROWS), "goods.XLSX")] == ROWS


def test_what_is_written_as_json_is_read_again() -> None:
    assert [row for _number, row in read(b"".join(write_json(["name", "price"], ROWS)), "a.json")] == ROWS


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1, max_size=5))
def test_any_text_comes_out_of_a_csv_as_it_went_in(texts: list[str]) -> None:
    rows = [{"name": str(number), "price": text} for number, text in enumerate(texts)]
    assert [row for _number, row in read(b"".join(write_csv(["name", "price"], rows)))] == rows


@pytest.mark.parametrize("name", ["UTF-8", "UTF-8-SIG", "GB18030", "GBK", "UTF-16", "UTF-16-LE", "UTF-16-BE"])
def test_the_encoding_is_found(name: str) -> None:
    assert read(CHINESE.encode(name))[0] == (2, {"名称": "红富士苹果", "价格": "9.90"})


def test_traditional_characters_and_accents_have_encodings_of_their_own() -> None:
    text = "名稱,價格\n紅富士蘋果,9.90\n進口香蕉,5\n有機鮮奶,12\n"
    assert opened(text.encode("big5")).how.encoding == "big5"
    assert read("name,price\nCrème brûlée,9\nJalapeño,3\n".encode("cp1252"))[0] == (
        2,
        {"name": "Crème brûlée", "price": "9"},
    )


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_very_last_cell_tells_the_encoding(end: str) -> None:
    text = "name,price\n" + "pear,3.50\n" * 20_000 + "pear,盒" + end
    assert read(text.encode("gbk"))[-1] == (20_002, {"name": "pear", "price": "盒"})


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(separator: str) -> None:
    text = f'name{separator}price\n"a, b; c\td"{separator}3\n'
    table = opened(text.encode())
    assert (table.how.separator, next(table.rows).values) == (separator, {"name": "a, b; c\td", "price": "3"})


@pytest.mark.parametrize("above", ["sep=;\n", "Price list 2026\n\n", ";;\nValid until May;;\n"])
def test_the_heading_is_found_below_what_stands_above_it(above: str) -> None:
    assert read(f"{above}name;price\npear;3\n".encode()) == [(above.count("\n") + 2, {"name": "pear", "price": "3"})]


def test_what_is_told_is_not_looked_for() -> None:
    data = b"a;b\nname,price\npear,3\n"
    table = opened(data, how=How("utf-8", ";", "", 1))
    assert table.columns == ["a", "b"]
    assert [row.values["a"] for row in table.rows] == ["name,price", "pear,3"]


def test_a_row_of_another_length_than_the_heading_is_at_fault() -> None:
    assert faults(b"name,price\npear\npear,3\npear,3,50\npear,3,\n") == [2, 4]


def test_rows_of_separators_are_passed_over() -> None:
    assert [number for number, _row in read(b"name,price\npear,3\n,,,\n , \n")] == [2]


def test_rows_are_numbered_as_lines_where_a_cell_has_several() -> None:
    assert [number for number, _row in read(b'name,price\n"a\nb",3\nc,4\n')] == [2, 4]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json"])
def test_a_heading_that_stands_twice_is_refused(name: str) -> None:
    data = {
        "a.csv": b"name,price,Price \npear,3,4\n",
        "a.xlsx": book([["name", "price", "Price "], ["pear", 3, 4]]) if name == "a.xlsx" else b"",
        "a.json": b'[{"name": "pear", "price": 3, "price": 4}]',
    }[name]
    with pytest.raises(BadFile, match="stands twice"):
        read(data, name)


def test_the_sheet_is_found_and_another_may_be_told() -> None:
    data = book(
        [["Read me"]], [["Prices"], [], ["名称", "价格"], ["梨", 3.5]], [["name", "price"], ["old", 1]], hidden=2
    )
    table = opened(data, "a.xlsx")
    assert (table.how.sheet, table.how.heading, table.sheets) == ("Sheet 1", 3, ["Sheet 0", "Sheet 1", "Sheet 2"])
    assert [tuple(row) for row in table.rows] == [(4, {"名称": "梨", "价格": 3.5}, "")]
    assert next(opened(data, "a.xlsx", How(sheet="Sheet 2")).rows).values["name"] == "old"


def test_a_sheet_is_read_whole_whatever_size_it_claims() -> None:
    old, out = zipfile.ZipFile(io.BytesIO(book([["name", "price"], ["pear", 3], ["plum", None]]))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            body = old.read(item.filename)
            new.writestr(item, body.replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1"'))
    assert [row for _number, row in read(out.getvalue(), "a.xlsx")][-1] == {"name": "plum", "price": None}


@pytest.mark.parametrize("text", [json.dumps(ROWS), json.dumps(ROWS, indent=2), "\n".join(map(json.dumps, ROWS))])
def test_json_is_read_as_an_array_or_one_object_a_line(text: str) -> None:
    assert read(text.encode(), "a.json") == list(enumerate(ROWS, 1))


def test_long_objects_are_read_in_pieces() -> None:
    rows = [{"name": "雪" * 300_000, "price": number} for number in range(4)]
    assert [row for _number, row in read(json.dumps(rows, ensure_ascii=False).encode(), "a.json")] == rows


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "a.pdf", "must end with"),
        (b"", "a.csv", "no row"),
        (b"\n\n", "a.csv", "no row"),
        (b"[]", "a.json", "no row"),
        (b"[1]", "a.json", "Object 1"),
        (b'[{"a": 1}, {', "a.json", "after object 1"),
        (b'[{"a": 1},', "a.json", "Object 2|after object 1"),
        (b'[{"a": 1}', "a.json", "after object 1"),
        (b'[{"a": 1}] {"a": 2}', "a.json", "after object 1"),
        (b'[{"a": 1} {"a": 2}]', "a.json", "after object 1"),
        (b'{"a": 1} nonsense', "a.json", "Object 2"),
        (b'{"a": Infinity}', "a.json", "Infinity"),
        (b'{"a": ' + b"[" * 100_000, "a.json", "JSON file cannot be read"),
        (b'name,price\n"pear,3\n', "a.csv", "Row 2"),
        (b"name\n\xff\xff\x81\x8d\n", "a.csv", "none of the encodings"),
        (b"no zip", "a.xlsx", "XLSX"),
        (b"PK\x05\x06" + b"\0" * 18, "a.xlsx", "XLSX"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(data: bytes, name: str, sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence):
        read(data, name)


@pytest.mark.parametrize("name", ["a.csv", "a.json"])
def test_a_table_has_as_many_columns_as_somebody_can_look_at(name: str) -> None:
    names = [f"c{n}" for n in range(3000)]
    data = json.dumps([dict.fromkeys(names, "1")]) if name.endswith("json") else ",".join(names) + "\n" + "1," * 2999
    with pytest.raises(BadFile, match="256 columns"):
        open_table(io.BytesIO(data.encode()), name)


def test_half_a_character_becomes_one_that_can_be_shown() -> None:
    table = open_table(io.BytesIO(b'[{"a\\ud800": "b\\udfff"}]'), "a.json")
    assert [row.values for row in table.rows] == [{"a\uffff": "b\uffff"}]
    assert "".join(table.columns).encode()


def changed(whole: bytes, *parts: tuple[str, Callable[[bytes], bytes]], **more: bytes) -> bytes:
    """A workbook of which these parts were changed, and to which those were added."""
    changes, out = dict(parts), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as was,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in was.namelist():
            archive.writestr(name, changes.get(name, bytes)(was.read(name)))
        for name, content in more.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_workbook_whose_styles_are_larger_than_its_rows_is_refused_unread() -> None:
    large = changed(book([["name"]]), ("xl/styles.xml", lambda styles: b"<xf/>" * 10**6))
    with pytest.raises(BadFile, match="too large"):
        opened(large, "a.xlsx")


def with_texts(content: bytes, *, part: str = "xl/sharedStrings") -> bytes:
    """A workbook whose texts stand in a part of this name."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    said = f'<Override PartName="/{part}.xml" ContentType="{kind}"/></Types>'.encode()
    types = ("[Content_Types].xml", lambda was: was.replace(b"</Types>", said))
    return changed(book([["name"], [1]]), types, **{part.replace("/", "__"): b"<sst>" + content + b"</sst>"})


@pytest.mark.parametrize("part", ["xl/sharedStrings", "xl/media/a", "xl/worksheets/a"])
@pytest.mark.parametrize(("limit", "most"), [("TEXTS", 10_000), ("MARKS_OF_TEXTS", 1000), ("LARGEST", 10_000)])
def test_the_texts_of_a_workbook_are_bounded_wherever_they_stand(
    part: str, limit: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = with_texts(b"<si><t>pear</t></si>" * 3000, part=part)
    assert len(read(whole, "a.xlsx")) == 1
    monkeypatch.setattr(f"dailyfresh_core.exchange.sheets.{limit}", most)
    with pytest.raises(BadFile, match="unpacked"):
        read(whole, "a.xlsx")


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(b'<row r="999999999999"><c><v>1</v></c></row>', id="a row that says it is the last of a trillion"),
        pytest.param(b'<row><c r="ZZZ1"/></row>' * 200, id="rows that pass over eighteen thousand cells each"),
        pytest.param(b"<x/>" * 30_000, id="signs that are no row"),
    ],
)
def test_a_sheet_that_makes_much_work_of_few_bytes_is_given_up(rows: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dailyfresh_core.exchange.sheets.CELLS", 1_000_000)
    monkeypatch.setattr("dailyfresh_core.exchange.sheets.MARKS", 10_000)
    start = b'<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    whole = changed(book([["name"]]), (SHEET, lambda was: sheet + start + rows + b"</sheetData></worksheet>"))
    with pytest.raises(BadFile, match="too large"):
        read(whole, "a.xlsx")


@pytest.mark.parametrize("entity", ['SYSTEM "file:///etc/hostname"', '"&b;"><!ENTITY b "leaked"', '"leaked"'])
def test_a_sheet_says_nothing_by_entities_but_what_it_holds_itself(entity: str) -> None:
    def sheet(was: bytes) -> bytes:
        return f"<!DOCTYPE worksheet [<!ENTITY a {entity}>]>".encode() + was.replace(b"<v>1</v>", b"<v>&a;</v>")

    try:
        rows = read(changed(book([["name"], [1]]), (SHEET, sheet)), "a.xlsx")
    except BadFile:
        return
    assert rows in ([], [(2, {"name": None})], [(2, {"name": "leaked"})])


def test_entities_that_grow_a_thousandfold_each_are_refused() -> None:
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))

    def sheet(was: bytes) -> bytes:
        bomb = f'<!DOCTYPE worksheet [<!ENTITY e0 "{"x" * 100}">{grown}]>'.encode()
        return bomb + was.replace(b"<v>1</v>", b"<v>&e9;</v>")

    with pytest.raises(BadFile, match="cannot be read"):
        read(changed(book([["name"], [1]]), (SHEET, sheet)), "a.xlsx")


def lying(content: bytes, says: int) -> bytes:
    """A ZIP of one file that says of itself that it is shorter."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", content)
    return out.getvalue().replace(len(content).to_bytes(4, "little"), says.to_bytes(4, "little"))


def test_of_a_packed_file_as_much_comes_out_as_it_says_and_no_more() -> None:
    archive = Packed(io.BytesIO(lying(bytes(50_000_000), 1000)))
    tracemalloc.start()
    with pytest.raises(zipfile.BadZipFile):
        archive.read("a")
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packed_file_that_only_comes_out_as_a_whole_stays_packed(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("a", bytes(1000))
    with pytest.raises(BadFile, match="packed"):
        Packed(out).read("a")


def test_the_directory_of_a_zip_is_read_if_it_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(2000):
            archive.writestr(f"{n}", b"")
    assert len(Packed(out).namelist()) == 2000
    monkeypatch.setattr("dailyfresh_core.exchange.packed.DIRECTORY", 50_000)
    with pytest.raises(BadFile, match="too many files"):
        Packed(out)


def test_a_file_damaged_further_on_is_refused_when_it_is_read() -> None:
    whole = book([["name", "price"], *([f"pear {n}", n] for n in range(5000))])
    at = whole.index(b"xl/worksheets/sheet1.xml") + 8000
    with pytest.raises(BadFile):
        read(whole[:at] + bytes(64) + whole[at + 64 :], "a.xlsx")


@pytest.mark.parametrize(("text", "sentence"), [("x" * 40_000, "32767"), ("Pe\x0bar", "control character")])
def test_what_no_cell_of_a_spreadsheet_can_hold_is_named(text: str, sentence: str) -> None:
    pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    with pytest.raises(BadFile, match=f"pear.*{sentence}"):
        write_xlsx(["slug", "detail"], [{"slug": "pear", "detail": text}])
