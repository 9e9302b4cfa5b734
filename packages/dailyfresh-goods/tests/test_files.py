"""Files as merchants have them: what is taken in is what stands there, and what cannot be is named."""

import datetime
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_core.exchange import BadFile, write_csv, write_json, write_xlsx
from dailyfresh_goods.import_export.columns import COLUMNS, all_columns, column_of
from dailyfresh_goods.models import SKU, SPU, GoodsType
from dailyfresh_goods.services import Report, export_goods, import_goods, read_goods
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

HEAD = ["slug", "type", "name", "price", "unit"]
PEAR = dict(zip(HEAD, ["pear", "fruit", "Pear", 3.5, "1kg"], strict=True))


def taken(data: bytes, name: str = "goods.csv", **how: Any) -> Report:
    return import_goods(rows=read_goods(io.BytesIO(data), name), **how)


def text(*lines: str) -> bytes:
    return "\n".join([",".join(HEAD), *lines]).encode()


def book(*rows: dict[str, Any]) -> bytes:
    made, out = Workbook(), io.BytesIO()
    made.active.append(list(rows[0]))
    for row in rows:
        made.active.append(list(row.values()))
    made.save(out)
    return out.getvalue()


def file_of(kind: str, row: dict[str, Any]) -> bytes:
    return book(row) if kind == "xlsx" else json.dumps([row]).encode()


def where(report: Report) -> list[str]:
    return [problem.column for problem in report.problems]


@pytest.mark.parametrize("missing", ["slug", "name", "unit"])
@pytest.mark.parametrize("kind", ["xlsx", "json"])
def test_an_empty_cell_of_a_new_sku_is_named_and_is_no_text(shop: Shop, kind: str, missing: str) -> None:
    report = taken(file_of(kind, PEAR | {missing: None}), f"goods.{kind}")
    assert where(report) == [missing]
    assert not SKU.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_an_empty_cell_leaves_what_stands_there_and_the_word_for_it_clears(shop: Shop, kind: str) -> None:
    shop.sku("Pear", slug="pear", stock=50, limit=3, description="sweet", market_price="12.00")
    columns = ["slug", "name", "stock", "limit", "description", "market_price"]
    rows = [dict(zip(columns, ["pear", None, None, None, "[clear]", "[清空]"], strict=True))]
    data = {
        "csv": lambda: b"".join(write_csv(columns, rows)),
        "xlsx": lambda: book(*rows),
        "json": lambda: json.dumps(rows).encode(),
    }
    assert taken(data[kind](), f"goods.{kind}").changed == 1
    sku = SKU.objects.get()
    assert (sku.name, sku.stock, sku.limit, sku.description, sku.market_price) == ("Pear", 50, 3, "", None)


@pytest.mark.parametrize("column", ["slug", "name", "price", "on_sale", "spu"])
def test_what_a_sku_needs_cannot_be_cleared(shop: Shop, column: str) -> None:
    assert where(taken(json.dumps([PEAR | {column: "[clear]"}]).encode(), "goods.json")) == [column]


def test_a_row_of_another_length_than_the_heading_writes_nothing(shop: Shop) -> None:
    shop.sku("Pear", slug="pear", stock=50)
    report = taken(b"slug,price,stock\npear,3.50\npear,3.50,7,9\n")
    assert (report.bad, where(report)) == (2, ["", ""])
    assert SKU.objects.get().stock == 50


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("unit", datetime.datetime(2026, 3, 5)),
        ("name", datetime.date(2026, 3, 5)),
        ("unit", datetime.time(1, 30)),
        ("name", "#N/A"),
        ("price", "#DIV/0!"),
    ],
)
def test_what_a_spreadsheet_made_of_a_cell_is_named(shop: Shop, column: str, cell: Any) -> None:
    assert where(taken(book(PEAR | {column: cell}), "goods.xlsx")) == [column]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("stock", "1e400"),
        ("stock", '"1_000"'),
        ("stock", '"１２"'),
        ("stock", "true"),
        ("stock", "2.7"),
        ("price", "1e400"),
        ("price", '"1,234.50"'),
        ("name", '"a\\ud800"'),
        ("name", '{"zh": "梨"}'),
        ("name", '["梨"]'),
        ("on_sale", "2"),
    ],
)
def test_a_value_that_a_shop_cannot_hold_is_named(shop: Shop, column: str, cell: str) -> None:
    row = ", ".join(f'"{name}": {json.dumps(value)}' for name, value in PEAR.items() if name != column)
    assert where(taken(f'[{{{row}, "{column}": {cell}}}]'.encode(), "goods.json")) == [column]


@pytest.mark.parametrize("mark", ["\x00", "\x08", "\x0b", "\x1b", "\x9f"])
def test_a_control_character_is_named(shop: Shop, mark: str) -> None:
    assert where(taken(text(f"pear,fruit,Pe{mark}ar,3,1kg"))) == ["name"]


@pytest.mark.parametrize("path", ["../secret.webp", "/etc/passwd", "https://shop.example/pear.webp"])
def test_a_picture_is_one_of_the_storage(shop: Shop, path: str) -> None:
    assert where(taken(json.dumps([PEAR | {"image": path}]).encode(), "goods.json")) == ["image"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_a_price_list_in_chinese_is_understood(shop: Shop, separator: str, encoding: str) -> None:
    lines = ["水果价目表", "", "货号,分类,商品名称,单价,规格", *(f"p{n},Fruit,雪梨,￥3.50,盒" for n in range(20))]
    report = taken("\n".join(lines).replace(",", separator).encode(encoding))
    assert (report.created, report.bad) == (20, 0)
    sku = SKU.objects.get(slug="p7")
    assert (sku.type.slug, sku.name, sku.price, sku.unit) == ("fruit", "雪梨", Decimal("3.50"), "盒")


def test_every_heading_means_one_column() -> None:
    assert {column: column_of(column.upper().replace("_", " ")) for column in COLUMNS} == {
        name: name for name in COLUMNS
    }
    assert (column_of(" 商品名称： "), column_of("barcode")) == ("name", "")


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        ("slug,type,name,price,unit,barcode,supplier", "“barcode”, “supplier”"),
        ("slug,type,name,title,unit", "“name” and “title”"),
        ("name,price", "which SKU"),
        ("slug,price,Price ", "stands twice"),
    ],
)
def test_what_is_wrong_with_the_heading_is_said_once(shop: Shop, heading: str, sentence: str) -> None:
    rows = ",".join("x" for _name in heading.split(","))
    with pytest.raises(BadFile, match=sentence):
        taken("\n".join([heading, *[rows] * 50]).encode())


def test_a_heading_may_be_told_its_column_or_left_out(shop: Shop) -> None:
    data = b"id,type,name,price,unit,barcode\npear,fruit,Pear,3.5,1kg,690\n"
    rows = read_goods(io.BytesIO(data), "goods.csv", headings={"id": "slug", "barcode": ""})
    assert import_goods(rows=rows).created == 1
    assert SKU.objects.get().slug == "pear"


@pytest.mark.parametrize("data", [text(), text("", " , ,,,")])
def test_a_file_without_any_row_is_no_success(shop: Shop, data: bytes) -> None:
    with pytest.raises(BadFile, match="no row under the heading"):
        taken(data)


def test_a_new_sku_joins_no_product_for_its_name(shop: Shop) -> None:
    old = shop.sku("Pear", slug="old")
    taken(json.dumps([PEAR | {"detail": "<p>Mine</p>"}]).encode(), "goods.json")
    assert SKU.objects.get(slug="pear").spu != old.spu
    assert SPU.objects.get(pk=old.spu_id).detail == "<p>About Pear</p>"


def test_a_pack_follows_the_pack_it_names_through_the_file(shop: Shop) -> None:
    old = shop.sku("Pear", slug="old")
    rows = [
        PEAR | {"slug": slug, "spu": spu} for slug, spu in [("a", "old"), ("b", "a"), ("c", ""), ("d", "c"), ("e", "d")]
    ]
    assert taken(json.dumps(rows).encode(), "goods.json").created == 5
    spus = dict(SKU.objects.values_list("slug", "spu"))
    assert spus["a"] == spus["b"] == old.spu_id
    assert spus["c"] == spus["d"] == spus["e"] != old.spu_id
    assert where(
        taken(json.dumps([PEAR | {"slug": "f", "spu": "g"}, PEAR | {"slug": "g"}]).encode(), "goods.json")
    ) == ["spu"]


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
skus = st.fixed_dictionaries(
    {
        "name": words,
        "unit": words,
        "description": words | st.just(""),
        "price": st.decimals(0, 9999, places=2),
        "market_price": st.none() | st.decimals(0, 9999, places=2),
        "stock": st.none() | st.integers(0, 2**31 - 1),
        "requires_shipping": st.booleans(),
        "limit": st.none() | st.integers(1, 99),
        "on_sale": st.booleans(),
        "label": st.sampled_from(["", "新", "'=1", "-5%", "0012", "1e5", "TRUE", "2026-03-05"]),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(goods=st.lists(skus, min_size=1, max_size=5), together=st.booleans())
def test_an_export_is_its_own_import(db: None, goods: list[dict[str, Any]], together: bool) -> None:
    SKU.objects.all().delete()
    SPU.objects.all().delete()
    kind, _made = GoodsType.objects.get_or_create(slug="fruit", defaults={"name": "Fruit"})
    texts = "<p>Sweet\n</p>", "Size: L\r\nColour: =red"
    for number, values in enumerate(goods):
        spu = (
            SPU.objects.first()
            if together and number
            else SPU.objects.create(name=values["name"], detail=texts[0], specs=texts[1])
        )
        SKU.objects.create(slug=f"s{number}", type=kind, spu=spu, **values)
    before = list(SKU.objects.order_by("slug").values()), list(SPU.objects.values())
    exported = list(export_goods(skus=SKU.objects.all()))
    files = {
        "goods.csv": b"".join(write_csv(all_columns(), exported)),
        "goods.xlsx": write_xlsx(all_columns(), exported),
        "goods.json": b"".join(write_json(all_columns(), exported)),
    }
    for name, data in files.items():
        report = taken(data, name)
        assert (report.unchanged, report.problems) == (len(goods), [])
    assert (list(SKU.objects.order_by("slug").values()), list(SPU.objects.values())) == before
